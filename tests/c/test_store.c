/* Import, train, evaluate, versions. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ee_engine open_empty(const char *name) {
    ee_engine engine = {0};
    const char *store = temp_path(name);
    CHECK_OK(ee_open(store, (int64_t)strlen(store), NULL, &engine));
    return engine;
}

static ee_status import_file(ee_engine engine, const char *path, const ee_import_options *options,
                             ee_import_report *report) {
    ee_text text = text_of(path);
    return ee_import(engine, &text, 1, options, NULL, NULL, report);
}

static char *json_of(ee_status (*get)(ee_engine, char *, int64_t, int64_t *), ee_engine engine) {
    int64_t needed = 0, again = 0;
    char *text;
    CHECK_STATUS(get(engine, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    text = calloc(1, (size_t)needed + 1);
    text[0] = 'x';
    CHECK_STATUS(get(engine, text, needed - 1, &again), EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(again, needed);
    CHECK_INT(text[0], 'x');
    CHECK_OK(get(engine, text, needed, &again));
    CHECK_INT(strlen(text) + 1, needed);
    CHECK_STATUS(get(engine, text, needed, NULL), EE_E_INVALID_ARGUMENT);
    return text;
}

void test_import(void) {
    ee_engine engine = open_empty("import.ee");
    ee_import_options options;
    ee_import_report report;
    int64_t needed = 0;
    unsigned char binary[5000];
    const char *path;
    char *json;
    size_t i;

    CHECK_STATUS(import_file(engine, temp_path("absent.jsonl"), NULL, &report), EE_E_NOT_FOUND);
    CHECK(strstr(error_text(), "absent.jsonl") != NULL);
    CHECK_STATUS(ee_import(engine, NULL, 1, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_import(engine, NULL, 0, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_import(engine, NULL, -1, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);

    for (i = 0; i < sizeof binary; i++) binary[i] = (unsigned char)((i * 2654435761u) >> 13);
    path = temp_path("binary.bin");
    write_file(path, binary, sizeof binary);
    report.events = 77;
    CHECK_STATUS(import_file(engine, path, NULL, &report), EE_E_BAD_INPUT);
    CHECK_INT(report.events, 0);
    CHECK_STATUS(ee_info(engine, NULL, 0, &needed), EE_E_NOT_FOUND); /* a failed import leaves no store */
    CHECK_OK(ee_last_result(engine, (char[1]){'x'}, 1, &needed));    /* "" before the first success */

    /* A file that is half good: its bad rows are counted, or end the import when none are allowed. */
    path = temp_path("half.csv");
    {
        char text[20000];
        int n = snprintf(text, sizeof text, "user_id,timestamp,action,item_id\n");
        for (i = 0; i < 200; i++) {
            n += snprintf(text + n, sizeof text - (size_t)n,
                i % 5 == 4 ? "%d,not a time,view,%d\n" : "%d,1700000%03d,view,5\n",
                          (int)(i / 10), (int)i);
        }
        write_file(path, text, (size_t)n);
    }
    CHECK_OK(ee_import_options_init(&options));
    options.strict = 1;
    options.time_unit = EE_TIME_SECONDS;
    CHECK_STATUS(import_file(engine, path, &options, &report), EE_E_BAD_INPUT);
    options.strict = 0;
    options.max_errors = 10;
    CHECK_STATUS(import_file(engine, path, &options, &report), EE_E_BAD_INPUT);
    options.max_errors = 1000;
    CHECK_OK(import_file(engine, path, &options, &report));
    CHECK_INT(report.rejected, 40);
    CHECK_INT(report.items, 1);
    CHECK_INT(report.events, 160);
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"first_errors\":[{") != NULL);
    free(json);

    options.format = 99;
    CHECK_STATUS(import_file(engine, path, &options, NULL), EE_E_INVALID_ARGUMENT);
    options.format = 5; /* the facade's columns: no format of a file */
    CHECK_STATUS(import_file(engine, path, &options, NULL), EE_E_INVALID_ARGUMENT);
    options.format = EE_FORMAT_AUTO;
    options.session_gap_minutes = 0;
    CHECK_STATUS(import_file(engine, path, &options, NULL), EE_E_INVALID_ARGUMENT);
    options.session_gap_minutes = 30;
    options.action_map = text_of("view=");
    CHECK_STATUS(import_file(engine, path, &options, NULL), EE_E_INVALID_ARGUMENT);
    options.action_map = text_of(NULL);
    options.struct_size = 12;
    CHECK_STATUS(import_file(engine, path, &options, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_close(engine));
}

/* Sessions of neighbours on a ring of items, as columns. */
enum { EVENTS = 3000, RING = 60 };

static int64_t items[EVENTS], sessions[EVENTS], times[EVENTS];
static uint8_t actions[EVENTS];

static ee_columns ring(void) {
    ee_columns columns;
    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.count = EVENTS;
    columns.items = items;
    columns.sessions = sessions;
    columns.times_ms = times;
    columns.actions = actions;
    for (int i = 0; i < EVENTS; i++) {
        sessions[i] = i / 6;
        items[i] = (i / 6 * 7 + i % 6) % RING;
        times[i] = 1600000000000LL + i * 60000LL;
        actions[i] = (uint8_t)(i % 5 == 4 ? EE_ACTION_CARTS : EE_ACTION_CLICKS);
    }
    return columns;
}

struct seen { int calls, stop_at; int64_t last_done, last_total; char stages[512]; };

static int32_t watch(void *user_data, const char *stage, int64_t done, int64_t total) {
    struct seen *seen = user_data;
    seen->calls++;
    seen->last_done = done;
    seen->last_total = total;
    if (!strstr(seen->stages, stage) && strlen(seen->stages) + strlen(stage) + 2 < sizeof seen->stages) {
        strcat(seen->stages, stage);
        strcat(seen->stages, " ");
    }
    return seen->stop_at && seen->calls >= seen->stop_at;
}

static ee_train_options small_training(const ee_text *settings, int count) {
    ee_train_options options;
    CHECK_OK(ee_train_options_init(&options));
    options.settings = settings;
    options.setting_count = count;
    options.threads = 2;
    options.deterministic = 1;
    return options;
}

void test_train(void) {
    ee_engine engine = open_empty("train.ee");
    ee_columns columns = ring();
    ee_import_report report;
    struct seen seen;
    ee_text settings[3] = {EE_TEXT("dimensions=16"), EE_TEXT("epochs=3"), EE_TEXT("min_count=1")};
    ee_text bad = EE_TEXT("colour=blue"), worse = EE_TEXT("dimensions"), unfit = EE_TEXT("dimensions=-5");
    ee_train_options options = small_training(settings, 3);
    ee_evaluate_options evaluate;
    ee_model model;
    int64_t version = 0, count = 0;
    char *json;

    columns.count = 0;
    CHECK_STATUS(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    columns.count = EVENTS;
    columns.struct_size = 0;
    CHECK_STATUS(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    columns.struct_size = offsetof(ee_columns, categories); /* the struct of an older header */
    columns.sessions = NULL;
    CHECK_STATUS(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    columns.sessions = sessions;
    CHECK_STATUS(ee_import_columns(engine, NULL, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_train(engine, &options, NULL, NULL, &version), EE_E_NOT_FOUND);

    memset(&seen, 0, sizeof seen);
    CHECK_OK(ee_import_columns(engine, &columns, NULL, watch, &seen, &report));
    CHECK_INT(report.events, EVENTS);
    CHECK_INT(report.sessions, EVENTS / 6);
    CHECK_INT(report.items, RING);
    CHECK(seen.calls > 0);
    CHECK_STATUS(ee_model_open(engine, 0, &model), EE_E_NO_MODEL);
    CHECK_STATUS(ee_evaluate(engine, NULL, NULL, NULL), EE_E_NO_MODEL);

    /* Cancelled: nothing is left behind. */
    memset(&seen, 0, sizeof seen);
    seen.stop_at = 3;
    CHECK_STATUS(ee_train(engine, &options, watch, &seen, &version), EE_E_CANCELLED);
    CHECK_INT(version, 0);
    CHECK_STATUS(ee_model_open(engine, 0, &model), EE_E_NO_MODEL);

    options.settings = &bad;
    options.setting_count = 1;
    CHECK_STATUS(ee_train(engine, &options, NULL, NULL, &version), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "colour") != NULL);
    options.settings = &worse;
    CHECK_STATUS(ee_train(engine, &options, NULL, NULL, &version), EE_E_INVALID_ARGUMENT);
    options.settings = &unfit;
    CHECK_STATUS(ee_train(engine, &options, NULL, NULL, &version), EE_E_INVALID_ARGUMENT);
    options = small_training(settings, 3);
    options.preset = 3;
    CHECK_STATUS(ee_train(engine, &options, NULL, NULL, &version), EE_E_INVALID_ARGUMENT);

    options = small_training(settings, 3);
    options.name = text_of("ring");
    memset(&seen, 0, sizeof seen);
    CHECK_OK(ee_train(engine, &options, watch, &seen, &version));
    CHECK_INT(version, 1);
    CHECK(seen.calls > 3);
    CHECK(strlen(seen.stages) > 3);
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"name\":\"ring\"") != NULL);
    CHECK(strstr(json, "\"metrics\":{\"k\":20") != NULL);
    free(json);
    CHECK_OK(ee_model_open(engine, 0, &model));
    CHECK_OK(ee_item_count(model, &count));
    CHECK_INT(count, RING);
    CHECK_OK(ee_model_close(model));

    /* The same sessions again are a leak, and one cancelled evaluation changes nothing. */
    CHECK_OK(ee_evaluate(engine, NULL, NULL, NULL));
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"hybrid\":{\"recall\":") != NULL);
    free(json);
    CHECK_OK(ee_evaluate_options_init(&evaluate));
    evaluate.sources = 1u << 30; /* of no source */
    CHECK_STATUS(ee_evaluate(engine, &evaluate, NULL, NULL), EE_E_INVALID_ARGUMENT);
    evaluate.sources = 1u << EE_SOURCE_POPULARITY | 1u << EE_SOURCE_ITEM2VEC;
    evaluate.k = 0;
    CHECK_STATUS(ee_evaluate(engine, &evaluate, NULL, NULL), EE_E_INVALID_ARGUMENT);
    evaluate.k = 5;
    evaluate.test = text_of(temp_path("no-test.jsonl"));
    CHECK_STATUS(ee_evaluate(engine, &evaluate, NULL, NULL), EE_E_NOT_FOUND);
    const char *path = temp_path("cases.jsonl");
    static const char cases[] = "{\"items\":[1,2,3],\"target\":4}\n{\"items\":[10],\"target\":11}\n";
    write_file(path, cases, sizeof cases - 1);
    evaluate.test = text_of(path);
    CHECK_OK(ee_evaluate(engine, &evaluate, NULL, NULL));
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"cases\":2") != NULL);
    CHECK(strstr(json, "\"item2vec\":") != NULL && strstr(json, "\"covisitation\":") == NULL);
    free(json);
    CHECK_OK(ee_close(engine));
}

void test_versions(void) {
    ee_engine engine = open_empty("versions.ee"), second = {0};
    ee_columns columns = ring();
    ee_text settings[3] = {EE_TEXT("dimensions=16"), EE_TEXT("epochs=1"), EE_TEXT("min_count=1")};
    ee_train_options options = small_training(settings, 3);
    const char *store = temp_path("versions.ee");
    int64_t version = 0, needed = 0;
    int32_t changed = -1;
    ee_model model;
    char *json;

    CHECK_OK(ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL));
    CHECK_OK(ee_train(engine, &options, NULL, NULL, &version));
    CHECK_STATUS(ee_rollback(engine, 0, &version), EE_E_UNKNOWN); /* nothing to go back to */
    CHECK_OK(ee_open(store, (int64_t)strlen(store), NULL, &second));
    CHECK_OK(ee_refresh(second, &changed));
    CHECK_INT(changed, 0);
    options.publish = 0;
    CHECK_OK(ee_train(engine, &options, NULL, NULL, &version));
    CHECK_INT(version, 2);
    CHECK_OK(ee_refresh(second, &changed));
    CHECK_INT(changed, 0);
    CHECK_OK(ee_publish(engine, 2));
    CHECK_OK(ee_refresh(second, &changed));
    CHECK_INT(changed, 1);
    CHECK_OK(ee_refresh(second, NULL));
    CHECK_OK(ee_model_open(second, 0, &model));
    CHECK_OK(ee_model_version(model, &version));
    CHECK_INT(version, 2);
    CHECK_OK(ee_model_close(model));
    CHECK_OK(ee_rollback(engine, 1, &version));
    CHECK_INT(version, 1);
    CHECK_STATUS(ee_publish(engine, 9), EE_E_UNKNOWN);
    CHECK_STATUS(ee_publish(engine, 0), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_rollback(engine, -1, NULL), EE_E_INVALID_ARGUMENT);
    json = json_of(ee_versions, engine);
    CHECK(strstr(json, "\"version\":2") != NULL);
    free(json);
    json = json_of(ee_info, engine);
    CHECK(strstr(json, "\"item_keys\":\"int64\"") != NULL && strstr(json, "\"active_version\":1") != NULL);
    free(json);
    CHECK_STATUS(ee_manifest(engine, 1, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_STATUS(ee_manifest(engine, 0, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    json = malloc((size_t)needed);
    CHECK_OK(ee_manifest(engine, 0, json, needed, &needed));
    CHECK(json[0] == '{');
    free(json);
    CHECK_OK(ee_set_alias(engine, "stable", 6, 2));
    CHECK_STATUS(ee_set_alias(engine, "stable", 6, 9), EE_E_UNKNOWN);
    CHECK_STATUS(ee_set_alias(engine, NULL, 6, 2), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_resolve_version(engine, "stable", 6, &version));
    CHECK_INT(version, 2);
    CHECK_STATUS(ee_resolve_version(engine, "nobody", 6, &version), EE_E_UNKNOWN);
    CHECK_STATUS(ee_resolve_version(engine, "stable", 6, NULL), EE_E_INVALID_ARGUMENT);
    json = json_of(ee_aliases, engine);
    CHECK(strstr(json, "\"stable\":2") != NULL && strstr(json, "\"active\":1") != NULL);
    free(json);
    CHECK_OK(ee_collect(engine, 0, &needed));
    CHECK_INT(needed, 0); /* one is active, the other has an alias */
    CHECK_STATUS(ee_diff(engine, 1, 2, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_STATUS(ee_diff(engine, 1, 9, NULL, 0, &needed), EE_E_UNKNOWN);
    CHECK_STATUS(ee_lineage(engine, 2, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_INT(needed, sizeof "[2,1]");
    CHECK_OK(ee_remove_alias(engine, "stable", 6));
    CHECK_OK(ee_close(second)); /* it had version 2 open */
    CHECK_STATUS(ee_remove_alias(engine, "stable", 6), EE_E_UNKNOWN);
    CHECK_OK(ee_train(engine, &options, NULL, NULL, &version)); /* not published, so nobody has it open */
    CHECK_OK(ee_collect(engine, 0, &needed));
    CHECK(needed >= 1);
    CHECK_STATUS(ee_collect(engine, -1, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_observe(engine, "17", 2, "1010", 4, "carts", 5, 1700000000000));
    CHECK_OK(ee_observe(engine, "17", 2, "1011", 4, "orders", 6, 0));
    int32_t known = -1;
    CHECK_OK(ee_knows_action(engine, "carts", 5, &known));
    CHECK(known == 1);
    CHECK_OK(ee_knows_action(engine, "wished_for", 10, &known));
    CHECK(known == 0);
    CHECK_STATUS(ee_knows_action(engine, "carts", 5, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_flush_observed(engine));
    CHECK_STATUS(ee_observe(engine, "17", 2, NULL, 4, "carts", 5, 0), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_observe(engine, "", 0, "1010", 4, "carts", 5, 0), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_observe(engine, "17", 2, "1010", 4, "carts", 5, -5), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_compact(engine, -1, NULL, NULL));
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"segments_before\":2") != NULL); /* the log, and what was observed */
    free(json);
    CHECK_STATUS(ee_compact(engine, -2, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_forget(engine, EE_FORGET_USER, "18", 2, NULL, NULL), EE_E_UNKNOWN);
    CHECK_STATUS(ee_forget(engine, 7, "17", 2, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_forget(engine, EE_FORGET_USER, "17", 2, NULL, NULL));
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"removed_events\":2") != NULL);
    free(json);
    CHECK_OK(ee_verify(engine, 1, NULL, NULL, &needed));
    CHECK_INT(needed, 0);
    CHECK_STATUS(ee_verify(engine, 1, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    json = json_of(ee_last_result, engine);
    CHECK(strstr(json, "\"sound\":true") != NULL);
    free(json);
    CHECK_STATUS(ee_manifest(engine, 7, NULL, 0, &needed), EE_E_UNKNOWN);
    CHECK_STATUS(ee_manifest(engine, 1, NULL, 0, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_close(engine));
}
