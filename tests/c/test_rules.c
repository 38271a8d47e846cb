/* Rules of a request, reasons, baskets, files of sessions, replayed sessions; compressed bundles, upgrade. */
#include "check.h"

#include <stdio.h>
#include <string.h>

enum { K = 10 };

static int64_t length_of(const char *path) { return (int64_t)strlen(path); }

static int holds(const ee_recommended_item *items, int32_t count, int64_t item) {
    for (int32_t i = 0; i < count; i++)
        if (items[i].item == item) return 1;
    return 0;
}

static void rules(const ee_event *session) {
    ee_recommended_item plain[K], results[K];
    ee_recommend_result answer;
    ee_recommend_options options;
    int64_t some[3];
    int32_t category = 7;
    char text[64];
    int64_t needed = 0;

    CHECK_OK(ee_recommend_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    CHECK(options.allow == NULL && options.deny == NULL);
    CHECK(options.diversity == 0 && options.max_per_category == 0);
    CHECK_OK(ee_recommend(golden, session, 2, &options, plain, K, &answer));
    for (int i = 0; i < 3; i++) some[i] = plain[i].item;
    options.deny = some;
    options.deny_count = 3;
    CHECK_OK(ee_recommend(golden, session, 2, &options, results, K, &answer));
    CHECK_INT(answer.count, K);
    for (int i = 0; i < 3; i++) CHECK(!holds(results, answer.count, some[i]));
    options.deny_count = 0;
    options.allow = some;
    options.allow_count = 3;
    CHECK_OK(ee_recommend(golden, session, 2, &options, results, K, &answer));
    CHECK_INT(answer.count, 3);
    for (int i = 0; i < 3; i++) CHECK(holds(results, 3, some[i]));
    options.allow = NULL;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    options.allow_count = -1;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    options.allow_count = 0;
    options.diversity = 0.5f;
    CHECK_OK(ee_recommend(golden, session, 2, &options, results, K, &answer));
    CHECK_INT(answer.count, K);
    options.diversity = -1;
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    options.diversity = 0;
    options.max_per_category = 1; /* the golden store knows no categories */
    CHECK_STATUS(ee_recommend(golden, session, 2, &options, results, K, &answer), EE_E_UNKNOWN);
    CHECK(strstr(error_text(), "categories") != NULL);
    CHECK_STATUS(ee_category(golden, "shoes", 5, &category), EE_E_UNKNOWN);
    CHECK_INT(category, 0);
    CHECK_OK(ee_item_category(golden, 1010, text, sizeof text, &needed));
    CHECK_INT(needed, 1);
    CHECK_STATUS(ee_item_category(golden, -7, text, sizeof text, &needed), EE_E_UNKNOWN);
}

static void reasons(const ee_event *session) {
    ee_recommended_item results[K];
    ee_recommend_result answer;
    ee_reason why[K];
    int64_t basket[2] = {1010, -7};
    int32_t count = 7, source = 7, named = 0;

    CHECK_OK(ee_recommend(golden, session, 2, NULL, results, K, &answer));
    CHECK_OK(ee_explain(golden, session, 2, results, answer.count, why));
    for (int i = 0; i < answer.count; i++) {
        CHECK(why[i].event >= -1 && why[i].event < 2);
        if (why[i].event < 0) continue;
        CHECK_INT(why[i].because, session[why[i].event].item);
        CHECK(results[i].sources >> why[i].source & 1);
        named++;
    }
    CHECK(named > 0);
    CHECK_OK(ee_explain(golden, NULL, 0, NULL, 0, NULL));
    CHECK_STATUS(ee_explain(golden, session, 2, results, K, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_bought_together(golden, basket, 2, results, K, &count, &source));
    CHECK(count > 0 && count <= K && !holds(results, count, 1010));
    CHECK(source == EE_SOURCE_BOUGHT_TOGETHER || source == EE_SOURCE_COVISITATION);
    CHECK_STATUS(ee_bought_together(golden, basket + 1, 1, results, K, &count, &source), EE_E_UNKNOWN);
    CHECK_INT(count, 0);
    CHECK_STATUS(ee_bought_together(golden, basket, 0, results, K, &count, &source), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_bought_together(golden, basket, 2, results, K, &count, NULL), EE_E_INVALID_ARGUMENT);
}

static void popular(void) {
    ee_recommended_item results[K];
    int32_t count = 7;

    CHECK_OK(ee_popular(golden, 0, NULL, 0, results, K, &count));
    CHECK_INT(count, K);
    for (int i = 0; i < K; i++) {
        CHECK_INT(results[i].sources, 1u << EE_SOURCE_POPULARITY);
        CHECK(i == 0 || results[i].score <= results[i - 1].score);
    }
    /* The golden version was made before popularity was kept by window and action. */
    CHECK_STATUS(ee_popular(golden, 7, "view", 4, results, K, &count), EE_E_UNKNOWN);
    CHECK(strstr(error_text(), "train again") != NULL);
    CHECK_INT(count, 0);
    CHECK_STATUS(ee_popular(golden, 0, "stars", 5, results, K, &count), EE_E_UNKNOWN);
    CHECK_STATUS(ee_popular(golden, 0, NULL, 0, results, 0, &count), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_popular(golden, 0, NULL, 0, NULL, K, &count), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_popular(golden, 0, NULL, 0, results, K, NULL), EE_E_INVALID_ARGUMENT);
}

static void session_files(void) {
    static const char lines[] = "{\"session\":[1010]}\nbad\n"
                                "{\"items\":[{\"item\":1011,\"action\":\"carts\"}]}\n";
    const char *in = temp_path("sessions.jsonl"), *out = temp_path("answers.jsonl");
    ee_recommend_file_options options;
    ee_recommend_options request;
    char text[4096];
    int64_t needed = 0;
    FILE *file;

    write_file(in, lines, sizeof lines - 1);
    CHECK_STATUS(ee_recommend_file_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_recommend_file_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    CHECK_INT(options.k, 20);
    CHECK_OK(ee_recommend_options_init(&request));
    request.source = EE_SOURCE_COVISITATION;
    options.request = &request;
    options.explain = 1;
    CHECK_OK(ee_recommend_file(golden, in, length_of(in), out, length_of(out), &options, NULL, NULL));
    CHECK_OK(ee_model_last_result(golden, text, sizeof text, &needed));
    CHECK(strstr(text, "\"sessions\":2,\"rejected\":1") != NULL);
    file = fopen(out, "r");
    CHECK(file != NULL && fgets(text, sizeof text, file) != NULL && strstr(text, "\"because\":1010") != NULL);
    if (file) fclose(file);
    options.max_errors = 0;
    out = temp_path("never.jsonl");
    CHECK_STATUS(ee_recommend_file(golden, in, length_of(in), out, length_of(out), &options, NULL, NULL),
                 EE_E_BAD_INPUT);
    CHECK(strstr(error_text(), "sessions.jsonl:2") != NULL);
    CHECK(fopen(out, "r") == NULL);
    options.k = 0;
    CHECK_STATUS(ee_recommend_file(golden, in, length_of(in), out, length_of(out), &options, NULL, NULL),
        EE_E_INVALID_ARGUMENT);
}

static void replays(void) {
    ee_inspect_options options;
    ee_evaluate_options evaluate;
    static char text[1 << 20];
    int64_t needed = 0;

    CHECK_OK(ee_inspect_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    CHECK_INT(options.source, EE_SOURCE_HYBRID);
    options.steps = 1;
    CHECK_OK(ee_inspect(golden_engine, &options, NULL, NULL));
    CHECK_OK(ee_last_result(golden_engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"truth\":{\"item\":") != NULL && strstr(text, "\"ranks\":{") != NULL);
    options.session = text_of("no such session");
    CHECK_STATUS(ee_inspect(golden_engine, &options, NULL, NULL), EE_E_UNKNOWN);
    options.k = 0;
    CHECK_STATUS(ee_inspect(golden_engine, &options, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_evaluate_options_init(&evaluate));
    CHECK_INT(evaluate.compare_with, 0);
    evaluate.compare_with = 1; /* without a test file */
    CHECK_STATUS(ee_evaluate(golden_engine, &evaluate, NULL, NULL), EE_E_INVALID_ARGUMENT);
}

static void packed_bundles(void) {
    const char *packed = temp_path("golden.eebz"), *plain = temp_path("unpacked.eeb");
    ee_engine engine = open_golden("upgrade.ee");
    ee_model model = {0};
    int64_t version = 7, bytes = 7;
    int32_t from = 0, to = 0;

    CHECK_OK(ee_write_compressed_bundle(golden, packed, length_of(packed), NULL, 0, NULL, NULL));
    CHECK_STATUS(ee_open_bundle(packed, length_of(packed), NULL, &model), EE_E_FORMAT);
    CHECK_OK(ee_unpack_bundle(packed, length_of(packed), plain, length_of(plain), NULL, NULL, &version,
                              &bytes));
    CHECK_INT(version, 1);
    CHECK(bytes > 0);
    CHECK_OK(ee_open_bundle(plain, length_of(plain), NULL, &model));
    CHECK_OK(ee_model_close(model));
    CHECK_STATUS(ee_unpack_bundle(plain, length_of(plain), plain, length_of(plain), NULL, NULL, NULL, NULL),
                 EE_E_CORRUPT);
    CHECK_OK(ee_upgrade(engine, &from, &to));
    CHECK(from >= 1 && to >= from);
    CHECK_OK(ee_upgrade(engine, NULL, NULL));
    CHECK_OK(ee_close(engine));
    CHECK_STATUS(ee_upgrade(engine, &from, &to), EE_E_HANDLE);
}

void test_rules(void) {
    ee_event session[2] = {{1010, 0, EE_ACTION_CLICKS, 0}, {1011, 0, EE_ACTION_CARTS, 0}};
    rules(session);
    reasons(session);
    popular();
    session_files();
    replays();
    packed_bundles();
}
