/* Users: requests, batches, profiles, who is like whom, search, fresh versions. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 40, VISITS = 8, LENGTH = 4, EVENTS = USERS * VISITS * LENGTH, K = 10 };

static int64_t items[EVENTS], sessions[EVENTS], users[EVENTS], times[EVENTS];

/* Two segments of twenty items; user u is of segment u % 2. */
static ee_columns visits(void) {
    ee_columns columns;
    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.count = EVENTS;
    columns.items = items;
    columns.sessions = sessions;
    columns.users = users;
    columns.times_ms = times;
    for (int i = 0; i < EVENTS; i++) {
        int session = i / LENGTH;
        sessions[i] = session;
        users[i] = session % USERS;
        items[i] = 20 * (users[i] % 2) + (i * 7 + session * 3) % 20;
        times[i] = 1700000000000LL + session / USERS * 86400000LL + users[i] * 60000 + i % LENGTH * 1000;
    }
    return columns;
}

static ee_engine shop(void) {
    const char *path = temp_path("users.ee");
    ee_engine engine;
    ee_columns columns = visits();
    ee_train_options options;
    ee_text settings[5] = {EE_TEXT("dimensions=8"), EE_TEXT("epochs=5"), EE_TEXT("min_count=1"),
        EE_TEXT("traits=2"), EE_TEXT("ranker=0")};
    CHECK_OK(ee_open(path, (int64_t)strlen(path), NULL, &engine));
    CHECK_OK(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL));
    CHECK_OK(ee_train_options_init(&options));
    options.preset = EE_PRESET_FAST;
    options.settings = settings;
    options.setting_count = 5;
    CHECK_OK(ee_train(engine, &options, NULL, NULL, NULL));
    return engine;
}

static char *result_of(ee_model model) {
    int64_t needed = 0;
    char *text;
    CHECK_STATUS(ee_model_last_result(model, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    text = malloc((size_t)needed);
    CHECK_OK(ee_model_last_result(model, text, needed, &needed));
    return text;
}

static void requests(ee_model model) {
    ee_model none;
    ee_recommended_item results[3 * K], one[K];
    ee_recommend_result answer, answers[3];
    ee_event session[1];
    ee_text keys[3] = {EE_TEXT("1"), EE_TEXT("nobody"), EE_TEXT("2")};
    int64_t offsets[4] = {0, 0, 1, 1}, count = 0;
    int own = 0;

    memset(&none, 0, sizeof none);
    memset(session, 0, sizeof session);
    session[0].item = 3;
    CHECK_OK(ee_user_count(model, &count));
    CHECK_INT(count, USERS);
    CHECK_STATUS(ee_user_count(model, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_profile_cache(model, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_recommend_user(model, "1", 1, NULL, 0, NULL, one, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_NONE);
    for (int i = 0; i < answer.count; i++) own += one[i].item >= 20;
    CHECK(own >= 6);
    CHECK_OK(ee_recommend_user(model, "nobody", 6, NULL, 0, NULL, one, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_POPULARITY);
    CHECK_OK(ee_recommend_user(model, "nobody", 6, session, 1, NULL, one, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_SESSION);
    CHECK_STATUS(ee_recommend_user(model, NULL, 1, NULL, 0, NULL, one, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend_user(model, "1", 0, NULL, 0, NULL, one, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend_user(none, "1", 1, NULL, 0, NULL, one, K, &answer), EE_E_HANDLE);
    CHECK_OK(ee_recommend_user_batch(model, keys, session, offsets, 3, NULL, results, K, answers));
    CHECK_INT(answers[1].fallback, EE_FALLBACK_SESSION);
    CHECK(memcmp(results + K, one, sizeof one) == 0);
    CHECK_OK(ee_recommend_user_batch(model, keys, NULL, NULL, 3, NULL, results, K, answers));
    CHECK_INT(answers[1].fallback, EE_FALLBACK_POPULARITY);
    offsets[1] = -1;
    CHECK_STATUS(ee_recommend_user_batch(model, keys, session, offsets, 3, NULL, results, K, answers),
                 EE_E_INVALID_ARGUMENT);
}

static void profiles(ee_model model) {
    float vector[8], traits[2], twice[16];
    int32_t dims = 0, count = 0, counts[2];
    ee_recommended_item found[2 * K];
    ee_recommend_options options;
    double squares = 0;
    char *json;

    CHECK_OK(ee_profile(model, "1", 1, EE_USER_VECTOR_SERVED, NULL, 0, &dims, NULL, 0, &count));
    CHECK_INT(dims, 8);
    CHECK_INT(count, 2);
    CHECK_OK(ee_profile(model, "1", 1, EE_USER_VECTOR_RECENCY, vector, 8, &dims, traits, 2, &count));
    for (int i = 0; i < 8; i++) squares += (double)vector[i] * vector[i];
    CHECK(fabs(squares - 1) < 1e-4);
    CHECK(fabs(traits[0] + traits[1] - 1) < 1e-4);
    json = result_of(model);
    CHECK(strstr(json, "\"user\":1,") != NULL && strstr(json, "\"kind\":\"recency\"") != NULL);
    free(json);
    CHECK_STATUS(ee_profile(model, "1", 1, 0, vector, 7, &dims, NULL, 0, &count), EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(dims, 8);
    CHECK_STATUS(ee_profile(model, "1", 1, 77, vector, 8, &dims, NULL, 0, &count), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_similar_users(model, "1", 1, EE_LIKENESS_TRAITS, 0, 5));
    json = result_of(model);
    CHECK(strstr(json, "\"customers\":[{\"user\":") != NULL);
    free(json);
    CHECK_STATUS(ee_similar_users(model, "1", 1, 9, 0, 5), EE_E_INVALID_ARGUMENT);

    memcpy(twice, vector, sizeof vector);
    memcpy(twice + 8, vector, sizeof vector);
    CHECK_OK(ee_search(model, twice, 2, 8, NULL, 0, EE_SIDE_OUT, 1, NULL, found, K, counts));
    CHECK(counts[0] == K && counts[1] == K);
    CHECK(memcmp(found, found + K, K * sizeof *found) == 0);
    CHECK(found[0].item >= 20);
    CHECK_OK(ee_recommend_options_init(&options));
    options.deny = &found[0].item;
    options.deny_count = 1;
    CHECK_OK(ee_search(model, vector, 1, 8, NULL, 0, EE_SIDE_OUT, 0, &options, found + K, K, counts));
    for (int i = 0; i < counts[0]; i++) CHECK(found[K + i].item != found[0].item);
    CHECK_STATUS(ee_search(model, vector, 1, 7, NULL, 0, EE_SIDE_IN, 0, NULL, found, K, counts),
                 EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "another space") != NULL);
    CHECK_STATUS(ee_search(model, vector, 1, 8, NULL, 0, EE_SIDE_IN, 9, NULL, found, K, counts),
                 EE_E_VERSION_MISMATCH);
    vector[3] = NAN;
    CHECK_STATUS(ee_search(model, vector, 1, 8, NULL, 0, EE_SIDE_IN, 0, NULL, found, K, counts),
                 EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_search(model, NULL, 1, 8, NULL, 0, EE_SIDE_IN, 0, NULL, found, K, counts),
                 EE_E_INVALID_ARGUMENT);
}

void test_users(void) {
    ee_engine engine = shop();
    ee_model model;
    int32_t dims = 0, count = 0;
    int64_t needed = 0;
    char *json, text[1 << 16];

    CHECK_OK(ee_model_open(engine, 0, &model));
    requests(model);
    profiles(model);
    CHECK_OK(ee_observe(engine, "500", 3, "21", 2, "clicks", 6, 1800000000000LL));
    CHECK_OK(ee_observe(engine, "500", 3, "22", 2, "clicks", 6, 1800000001000LL));
    CHECK_OK(ee_profile(model, "500", 3, 0, NULL, 0, &dims, NULL, 0, &count));
    json = result_of(model);
    CHECK(strstr(json, "\"events\":2,") != NULL);
    free(json);
    CHECK_OK(ee_traits(engine));
    CHECK_OK(ee_explore(engine, 1, NULL, NULL));
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"live_events\":2,") != NULL && strstr(text, "\"never\":{") != NULL);
    CHECK_OK(ee_explore(engine, 0, NULL, NULL));
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"live_events\":0,") != NULL);
    CHECK_STATUS(ee_explore((ee_engine){0}, 0, NULL, NULL), EE_E_HANDLE);
    CHECK_OK(ee_refresh_version(engine, 0, 0, NULL, NULL));
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"version\":2,") != NULL && strstr(text, "\"new_events\":2,") != NULL);
    CHECK_STATUS(ee_refresh_version(engine, 0, -1, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_traits(golden_engine), EE_E_UNKNOWN);
    CHECK_OK(ee_model_close(model));
    CHECK_OK(ee_close(engine));
}
