/* Recorded answers, their outcomes, and arms by the published hash. */
#include "check.h"

#include <stdio.h>
#include <string.h>

static uint64_t add(uint64_t h, const char *text) {
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 0x100000001B3u;
    return h;
}

/* docs/online.md */
static int bucket_of(const char *salt, const char *unit) {
    uint64_t h = add(0xCBF29CE484222325u, salt);
    h = add((h ^ 0xFF) * 0x100000001B3u, unit);
    h = (h ^ (h >> 33)) * 0xFF51AFD7ED558CCDu;
    h = (h ^ (h >> 33)) * 0xC4CEB9FE1A85EC53u;
    h ^= h >> 33;
    return (int)(((h >> 32) * 10000) >> 32);
}

static ee_status observe_of(ee_engine engine, const char *item, const char *request, int32_t *link) {
    return ee_observe_request(engine, "17", 2, item, (int64_t)strlen(item), "clicks", 6, 0, request,
                              (int64_t)strlen(request), link);
}

void test_online(void) {
    const char *arms = "control=active:50,treatment=second:30";
    ee_engine engine = open_golden("online.ee");
    ee_train_options train;
    ee_model model;
    ee_recommend_result answer;
    ee_recommended_item items[5];
    char text[2048], id[33], item[32], user[16];
    int64_t version = 0, needed = 0;
    int32_t link = -1;
    int u;

    CHECK_INT(bucket_of("", ""), 1083);
    CHECK_INT(bucket_of("", "42"), 2518);
    CHECK_INT(bucket_of("summer", "anna"), 1927);
    CHECK_INT(bucket_of("summer", "Zo\xC3\xAB"), 9453);

    CHECK_STATUS(ee_set_experiment(engine, arms, (int64_t)strlen(arms), NULL, 0), EE_E_UNKNOWN);
    CHECK_OK(ee_train_options_init(&train));
    train.preset = EE_PRESET_FAST;
    train.publish = 0;
    CHECK_OK(ee_train(engine, &train, NULL, NULL, &version));
    CHECK_OK(ee_set_alias(engine, "second", 6, version));
    CHECK_STATUS(ee_set_experiment(engine, "x", 1, NULL, 0), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_set_experiment(engine, arms, (int64_t)strlen(arms), "summer", 6));
    CHECK_OK(ee_experiment(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"arm\":\"treatment\",\"alias\":\"second\"") != NULL);
    CHECK(strstr(text, "\"salt\":\"summer\"") != NULL);
    for (u = 0; u < 100; u++) {
        int64_t answers = 0;
        int bucket;
        sprintf(user, "%d", u);
        bucket = bucket_of("summer", user);
        CHECK_OK(ee_arm(engine, user, (int64_t)strlen(user), &answers, text, sizeof text, &needed));
        CHECK(strcmp(text, bucket < 5000 ? "control" : bucket < 8000 ? "treatment" : "") == 0);
        CHECK_INT(answers == version, bucket >= 5000 && bucket < 8000);
    }
    CHECK_STATUS(ee_arm(engine, "", 0, &version, text, sizeof text, &needed), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_arm(engine, "1", 1, NULL, text, sizeof text, &needed), EE_E_INVALID_ARGUMENT);

    CHECK_OK(ee_model_open(engine, 0, &model));
    CHECK_OK(ee_recommend_user(model, "17", 2, NULL, 0, NULL, items, 5, &answer));
    CHECK_STATUS(ee_record_answer(engine, model, "17", 2, NULL, 0, &answer, items, id, 32, &needed),
                 EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(needed, 33);
    CHECK_STATUS(ee_record_answer(engine, model, "17", 2, NULL, 0, NULL, items, id, 33, &needed),
                 EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_record_answer(engine, model, "17", 2, NULL, 0, &answer, items, id, 33, &needed));
    CHECK_INT(strlen(id), 32);
    sprintf(item, "%lld", (long long)items[2].item);
    CHECK_OK(observe_of(engine, item, id, &link));
    CHECK_INT(link, EE_REQUEST_TAKEN);
    id[3] ^= 1;
    CHECK_OK(observe_of(engine, item, id, &link));
    CHECK_INT(link, EE_REQUEST_UNKNOWN);
    CHECK_OK(observe_of(engine, item, "no", &link));
    CHECK_INT(link, EE_REQUEST_MALFORMED);
    CHECK_STATUS(observe_of(engine, item, id, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_evaluate_online(engine, -1, 0));
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"answers\":1,\"users\":1,\"clicks\":1,") != NULL);
    CHECK(strstr(text, "\"window_ms\":86400000") != NULL);
    CHECK_STATUS(ee_evaluate_online(engine, -1, 5), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_evaluate_online(engine, -1, -1), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_set_experiment(engine, NULL, 0, NULL, 0));
    CHECK_OK(ee_experiment(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"arms\":[]") != NULL);
    CHECK_OK(ee_model_close(model));
    CHECK_OK(ee_close(engine));
}
