/* Queries, vectors, rows, keys; on the golden store, whose items are 1000 and up. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { K = 20 };

void test_queries(void) {
    ee_event session[3] = {{1010, 0, EE_ACTION_CLICKS, 0}, {1011, 0, EE_ACTION_CARTS, 0}, {-5, 0, 0, 0}};
    ee_recommended_item results[3 * K], one[K];
    ee_recommend_result answer, answers[3];
    ee_recommend_options options;
    int64_t offsets[4] = {0, 2, 2, 3}, count = 0, some[3] = {1010, -77, 1011}, all[300];
    int32_t n = 0, counts[3], rows[3], picked[2] = {3, 0}, kind = 0, code = -1;
    ee_vectors_view view, out;

    CHECK_OK(ee_recommend(golden, session, 3, NULL, results, K, &answer));
    CHECK_INT(answer.count, K);
    CHECK_INT(answer.version, 1);
    CHECK_INT(answer.unknown_items, 1);
    CHECK_INT(answer.fallback, EE_FALLBACK_NONE);
    CHECK(answer.latency_us > 0);
    for (int i = 1; i < answer.count - answer.padded; i++) CHECK(results[i].score <= results[i - 1].score);

    CHECK_OK(ee_recommend(golden, NULL, 0, NULL, results, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_EMPTY_SESSION);
    CHECK_OK(ee_recommend(golden, session + 2, 1, NULL, results, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_UNKNOWN_ITEMS);

    /* More results than items: the count says how many there are. */
    {
        ee_recommended_item *many = calloc(5000, sizeof *many);
        CHECK_OK(ee_item_count(golden, &count));
        CHECK_OK(ee_recommend(golden, session, 2, NULL, many, 5000, &answer));
        CHECK(answer.count > K && answer.count <= count);
        CHECK_OK(ee_similar(golden, 1010, NULL, 0, many, 5000, &n));
        CHECK(n > 0 && n < count);
        free(many);
    }

    CHECK_OK(ee_recommend_options_init(&options));
    options.seen = EE_SEEN_DROP;
    CHECK_OK(ee_recommend(golden, session, 2, &options, results, K, &answer));
    for (int i = 0; i < answer.count; i++) CHECK(results[i].item != 1010 && results[i].item != 1011);
    options.seen = 3;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_INT(answer.count, 0);
    options.seen = EE_SEEN_KEEP;
    options.source = 12;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_UNKNOWN);
    options.source = EE_SOURCE_HYBRID;
    options.struct_size = 8;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend(golden, NULL, 2, NULL, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend(golden, session, -2, NULL, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend(golden, session, 2, NULL, NULL, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend(golden, session, 2, NULL, results, 0, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend(golden, session, 2, NULL, results, K, NULL), EE_E_INVALID_ARGUMENT);

    /* A batch gives what the single calls give. */
    CHECK_OK(ee_recommend_batch(golden, session, offsets, 3, NULL, results, K, answers));
    for (int s = 0; s < 3; s++) {
        CHECK_OK(ee_recommend(golden, session + offsets[s], offsets[s + 1] - offsets[s], NULL, one, K,
            &answer));
        CHECK_INT(answers[s].count, answer.count);
        CHECK_INT(answers[s].fallback, answer.fallback);
        CHECK(memcmp(one, results + s * K, (size_t)answer.count * sizeof *one) == 0);
    }
    CHECK_OK(ee_recommend_batch(golden, NULL, NULL, 0, NULL, NULL, K, NULL));
    offsets[1] = 9;
    CHECK_STATUS(ee_recommend_batch(golden, session, offsets, 3, NULL, results, K, answers),
        EE_E_INVALID_ARGUMENT);
    CHECK_INT(answers[0].count, 0);
    CHECK_STATUS(ee_recommend_batch(golden, session, NULL, 3, NULL, results, K, answers),
        EE_E_INVALID_ARGUMENT);

    CHECK_OK(ee_similar(golden, 1010, NULL, 0, one, 5, &n));
    CHECK_INT(n, 5);
    CHECK_STATUS(ee_similar(golden, -77, NULL, 0, one, 5, &n), EE_E_UNKNOWN);
    CHECK_INT(n, 0);
    CHECK_STATUS(ee_similar(golden, 1010, "nowhere", 7, one, 5, &n), EE_E_UNKNOWN);
    CHECK_STATUS(ee_similar(golden, 1010, NULL, 0, one, 5, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_similar(golden, 1010, NULL, 0, NULL, 5, &n), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_similar_batch(golden, some, 3, "item2vec", 8, results, 5, counts));
    CHECK_INT(counts[0], 5);
    CHECK_INT(counts[1], -1);
    CHECK(memcmp(one, results, 5 * sizeof *one) != 0 || results[0].item == one[0].item);
    CHECK_STATUS(ee_similar_batch(golden, some, 3, NULL, 0, results, 0, counts), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_similar_batch(golden, NULL, 3, NULL, 0, results, 5, counts), EE_E_INVALID_ARGUMENT);

    /* Vectors lie by row, have length 1, and rows and items are each other's inverse. */
    CHECK_OK(ee_vectors(golden, NULL, 0, 0, &view));
    CHECK_OK(ee_vectors(golden, "item2vec", 8, 1, &out));
    CHECK_INT(view.rows, count);
    CHECK_INT(view.dimensions, 16);
    CHECK(view.data != out.data && (uintptr_t)view.data % 64 == 0 && view.stride_floats >= 16);
    for (int64_t r = 0; r < view.rows; r += 17) {
        double sum = 0;
        for (int d = 0; d < view.dimensions; d++) {
            double x = (double)view.data[r * view.stride_floats + d];
            sum += x * x;
        }
        CHECK(fabs(sum - 1) < 1e-5); /* float32 rounding of 16 terms */
    }
    CHECK_STATUS(ee_vectors(golden, "nowhere", 7, 0, &view), EE_E_UNKNOWN);
    CHECK(view.data == NULL);
    CHECK_STATUS(ee_vectors(golden, NULL, 0, 0, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_items(golden, NULL, count, all));
    CHECK_OK(ee_items(golden, picked, 2, some));
    CHECK(some[0] == all[3] && some[1] == all[0]);
    CHECK_OK(ee_rows(golden, (int64_t[]){all[3], -77, all[0]}, 3, rows));
    CHECK(rows[0] == 3 && rows[1] == -1 && rows[2] == 0);
    picked[1] = (int32_t)count;
    CHECK_STATUS(ee_items(golden, picked, 2, some), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_items(golden, NULL, count + 1, all), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_items(golden, NULL, 2, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_rows(golden, NULL, 2, rows), EE_E_INVALID_ARGUMENT);

    CHECK_OK(ee_key_kind(golden, &kind));
    CHECK_INT(kind, EE_KEYS_INT64);
    CHECK_OK(ee_action_code(golden, "carts", 5, &code));
    CHECK_INT(code, EE_ACTION_CARTS);
    CHECK_STATUS(ee_action_code(golden, "juggle", 6, &code), EE_E_UNKNOWN);
    CHECK_STATUS(ee_action_code(golden, NULL, 0, &code), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_item_count(golden, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_key_kind(golden, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_model_version(golden, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_item_key(golden, 1010, NULL, 0, &count), EE_E_KEY_KIND);
    CHECK_STATUS(ee_item_keys(golden, some, 1, offsets, NULL, 0, &count), EE_E_KEY_KIND);
    CHECK_STATUS(ee_keys_to_items(golden, "a", offsets, 1, some, (uint8_t[1]){0}), EE_E_KEY_KIND);
}

/* A text store: "a0" .. "a9", in sessions of neighbours. */
void test_keys(void) {
    enum { EVENTS = 400 };
    static char bytes[2 * EVENTS];
    static int64_t offsets[EVENTS + 1], users[EVENTS], times[EVENTS];
    ee_engine engine = {0};
    ee_model model;
    ee_columns columns;
    ee_train_options options;
    ee_text settings[3] = {EE_TEXT("dimensions=16"), EE_TEXT("epochs=2"), EE_TEXT("min_count=1")};
    const char *store = temp_path("text.ee");
    int64_t found_items[3], asked[4] = {0, 2, 4, 6}, out_offsets[3], needed = 0;
    uint8_t found[3];
    int32_t kind = 0;
    char key[8] = "";
    ee_recommended_item results[5];
    ee_recommend_result answer;

    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.count = EVENTS;
    columns.item_texts.bytes = bytes;
    columns.item_texts.offsets = offsets;
    columns.users = users;
    columns.times_ms = times;
    for (int i = 0; i < EVENTS; i++) {
        bytes[2 * i] = 'a';
        bytes[2 * i + 1] = (char)('0' + (i / 4 * 3 + i % 4) % 10);
        offsets[i + 1] = 2 * (i + 1);
        users[i] = i / 4;
        times[i] = 1600000000000LL + i * 1000LL;
    }
    CHECK_OK(ee_open(store, (int64_t)strlen(store), NULL, &engine));
    offsets[7] = -1;
    CHECK_STATUS(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    offsets[7] = 14;
    CHECK_OK(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL));
    CHECK_OK(ee_train_options_init(&options));
    options.settings = settings;
    options.setting_count = 3;
    options.threads = 1;
    CHECK_OK(ee_train(engine, &options, NULL, NULL, NULL));
    CHECK_OK(ee_model_open(engine, 0, &model));
    CHECK_OK(ee_key_kind(model, &kind));
    CHECK_INT(kind, EE_KEYS_TEXT);

    CHECK_OK(ee_keys_to_items(model, "a1zza2", asked, 3, found_items, found));
    CHECK(found[0] == 1 && found[1] == 0 && found[2] == 1 && found_items[1] == 0);
    CHECK_STATUS(ee_item_key(model, found_items[2], key, 2, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(needed, 3);
    CHECK_OK(ee_item_key(model, found_items[2], key, sizeof key, &needed));
    CHECK(strcmp(key, "a2") == 0);
    CHECK_STATUS(ee_item_key(model, 123456, key, sizeof key, &needed), EE_E_UNKNOWN);
    found_items[1] = found_items[2];
    CHECK_STATUS(ee_item_keys(model, found_items, 2, out_offsets, key, 3, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(needed, 4);
    CHECK_INT(out_offsets[2], 4);
    CHECK_OK(ee_item_keys(model, found_items, 2, out_offsets, key, sizeof key, &needed));
    CHECK(memcmp(key, "a1a2", 4) == 0);
    CHECK_STATUS(ee_item_keys(model, found_items, 2, NULL, key, sizeof key, &needed), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_keys_to_items(model, NULL, asked, 3, found_items, found), EE_E_INVALID_ARGUMENT);
    asked[1] = -4;
    CHECK_STATUS(ee_keys_to_items(model, "a1zza2", asked, 3, found_items, found), EE_E_INVALID_ARGUMENT);

    ee_event session = {found_items[0], 0, EE_ACTION_CLICKS, 0};
    CHECK_OK(ee_recommend(model, &session, 1, NULL, results, 5, &answer));
    CHECK_INT(answer.count, 5);
    CHECK_OK(ee_item_key(model, results[0].item, key, sizeof key, &needed));
    CHECK(key[0] == 'a');

    /* The kind of a store's keys does not change. */
    ee_import_options import;
    ee_import_options_init(&import);
    import.key_kind = EE_KEYS_INT64;
    CHECK_STATUS(ee_import_columns(engine, &columns, &import, NULL, NULL, NULL), EE_E_KEY_KIND);
    CHECK_OK(ee_model_close(model));
    CHECK_OK(ee_close(engine));
}
