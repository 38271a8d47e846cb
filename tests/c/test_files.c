/* What leaves and enters a store as files: export, vectors in, bundles, backup; read-only stores. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int64_t length_of(const char *text) { return (int64_t)strlen(text); }

static int64_t size_of(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 ? (int64_t)info.st_size : -1;
}

static const char *model_text(ee_status (*get)(ee_model, char *, int64_t, int64_t *), ee_model model) {
    static char text[1 << 16];
    int64_t needed = 0;
    text[0] = 0;
    CHECK_STATUS(get(model, NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_OK(get(model, text, sizeof text, &needed));
    CHECK_INT(strlen(text) + 1, needed);
    return text;
}

static int32_t stop(void *user_data, const char *stage, int64_t done, int64_t total) {
    (void)user_data, (void)stage, (void)done, (void)total;
    return 1;
}

void test_export(void) {
    ee_export_options options;
    int64_t needed = 0, rows = 0;
    const char *path = temp_path("vectors.npy");
    char keys[600], ring[64];

    CHECK_STATUS(ee_export_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_export_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    CHECK_OK(ee_model_last_result(golden, ring, sizeof ring, &needed)); /* "" before the first success */
    CHECK_INT(needed, 1);
    CHECK_OK(ee_item_count(golden, &rows));
    CHECK_OK(ee_export(golden, path, length_of(path), NULL, NULL, NULL));
    CHECK(size_of(path) > rows * 4);
    snprintf(keys, sizeof keys, "%s.ids.npy", path);
    CHECK(size_of(keys) > rows * 8);
    CHECK(strstr(model_text(ee_model_last_result, golden), keys) != NULL);
    path = temp_path("popularity.jsonl");
    options.kind = EE_EXPORT_POPULARITY;
    options.format = EE_FILE_JSONL;
    CHECK_OK(ee_export(golden, path, length_of(path), &options, NULL, NULL));
    CHECK(size_of(path) > 0);
    CHECK(strstr(model_text(ee_model_last_result, golden), "\"dimensions\":0") != NULL);
    options.format = EE_FILE_NPY;
    CHECK_STATUS(ee_export(golden, path, length_of(path), &options, NULL, NULL), EE_E_INVALID_ARGUMENT);
    path = temp_path("pairs.csv");
    options.kind = EE_EXPORT_PPMI;
    options.format = EE_FILE_CSV;
    options.window = 2;
    options.shift = 1.5;
    CHECK_STATUS(ee_export(golden, path, length_of(path), &options, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_engine_export(golden_engine, path, length_of(path), &options, NULL, NULL));
    CHECK(size_of(path) > 0);
    options.shift = 0.5;
    CHECK_STATUS(ee_engine_export(golden_engine, path, length_of(path), &options, NULL, NULL),
        EE_E_INVALID_ARGUMENT);
    options.window = 0;
    options.shift = 0;
    options.kind = 9;
    CHECK_STATUS(ee_export(golden, path, length_of(path), &options, NULL, NULL), EE_E_INVALID_ARGUMENT);
    options.kind = EE_EXPORT_VECTORS;
    options.space = text_of("nowhere");
    CHECK_STATUS(ee_export(golden, path, length_of(path), &options, NULL, NULL), EE_E_UNKNOWN);
    CHECK(strstr(error_text(), "nowhere") != NULL);
    CHECK_STATUS(ee_export(golden, NULL, 3, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_export(golden, "", 0, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    path = temp_path("never.npy");
    CHECK_STATUS(ee_export(golden, path, length_of(path), NULL, stop, NULL), EE_E_CANCELLED);
    CHECK_INT(size_of(path), -1);
    CHECK(strcmp(model_text(ee_spaces, golden), "[\"item2vec\"]") == 0);
    CHECK(strstr(model_text(ee_model_manifest, golden), "\"artifacts\"") != NULL);
}

static ee_status write_some(const char *path, const ee_text *spaces, int32_t count) {
    return ee_write_bundle(golden, path, length_of(path), spaces, count, NULL, NULL);
}

void test_bundle(void) {
    const char *path = temp_path("golden.eeb"), *small = temp_path("small.eeb");
    ee_text none = EE_TEXT(""), unknown = EE_TEXT("nowhere");
    ee_open_options options;
    ee_model model = {7};
    ee_recommended_item here[10], there[10];
    ee_recommend_result answer;
    ee_event event = {1010, 0, EE_ACTION_CLICKS, 0};
    int32_t count = 0;

    CHECK_OK(ee_write_bundle(golden, path, length_of(path), NULL, 0, NULL, NULL));
    CHECK(strstr(model_text(ee_model_last_result, golden), "vectors-item2vec") != NULL);
    CHECK_OK(ee_write_bundle(golden, small, length_of(small), &none, 0, NULL, NULL));
    CHECK(size_of(small) < size_of(path));
    CHECK_STATUS(ee_write_bundle(golden, small, length_of(small), &unknown, 1, NULL, NULL), EE_E_UNKNOWN);
    CHECK_STATUS(write_some(small, NULL, 1), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(write_some(small, &none, -1), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_open_options_init(&options));
    options.verify = EE_VERIFY_FULL;
    CHECK_OK(ee_open_bundle(path, length_of(path), &options, &model));
    CHECK_OK(ee_recommend(golden, &event, 1, NULL, here, 10, &answer));
    count = answer.count;
    memset(there, 0, sizeof there);
    CHECK_OK(ee_recommend(model, &event, 1, NULL, there, 10, &answer));
    CHECK_INT(answer.count, count);
    CHECK(memcmp(here, there, (size_t)count * sizeof here[0]) == 0);
    CHECK_OK(ee_model_close(model));
    CHECK_OK(ee_open_bundle(small, length_of(small), NULL, &model));
    CHECK_STATUS(ee_similar(model, 1010, NULL, 0, there, 10, &count), EE_E_UNKNOWN);
    CHECK(strcmp(model_text(ee_spaces, model), "[]") == 0);
    CHECK_OK(ee_model_close(model));
    CHECK_STATUS(ee_open_bundle(path, length_of(path), NULL, NULL), EE_E_INVALID_ARGUMENT);
    path = temp_path("absent.eeb");
    CHECK_STATUS(ee_open_bundle(path, length_of(path), NULL, &model), EE_E_NOT_FOUND);
    CHECK_INT(model.id, 0);
    path = fixture_path("golden.json");
    CHECK_STATUS(ee_open_bundle(path, length_of(path), NULL, &model), EE_E_CORRUPT);
}

static ee_status vectors_in(ee_engine engine, const char *path, const ee_vector_import_options *options,
                            ee_progress progress, int64_t *version) {
    return ee_import_vectors(engine, path, length_of(path), options, progress, NULL, version);
}

void test_vectors_and_backup(void) {
    ee_engine engine = open_golden("files.ee"), copy = {0};
    ee_vector_import_options options;
    ee_open_options open;
    const char *file = temp_path("again.w2v"), *to = temp_path("copy.ee");
    ee_export_options export;
    int64_t version = 0, needed = 0;
    int32_t flag = 7;
    char text[1 << 14];

    CHECK_OK(ee_export_options_init(&export));
    export.format = EE_FILE_W2V;
    CHECK_OK(ee_export(golden, file, length_of(file), &export, NULL, NULL));
    CHECK_STATUS(ee_vector_import_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_vector_import_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    CHECK_INT(options.m, 32);
    CHECK_INT(options.publish, 1);
    CHECK_INT(options.max_errors, 1000);
    CHECK_STATUS(vectors_in(engine, file, NULL, NULL, &version), EE_E_INVALID_ARGUMENT);
    options.space = text_of("again");
    options.threads = 1;
    CHECK_STATUS(vectors_in(engine, file, &options, stop, &version), EE_E_CANCELLED);
    CHECK_OK(vectors_in(engine, file, &options, NULL, &version));
    CHECK(version > 1);
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"space\":\"again\"") != NULL);
    options.m = 1;
    CHECK_STATUS(vectors_in(engine, file, &options, NULL, &version), EE_E_INVALID_ARGUMENT);
    CHECK_INT(version, 0);

    CHECK_OK(ee_is_read_only(engine, &flag));
    CHECK_INT(flag, 0);
    CHECK_STATUS(ee_is_read_only(engine, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_exists(engine, &flag));
    CHECK_INT(flag, 1);
    CHECK_STATUS(ee_backup(engine, to, length_of(to), stop, NULL), EE_E_CANCELLED);
    CHECK_INT(size_of(to), -1);
    CHECK_OK(ee_backup(engine, to, length_of(to), NULL, NULL));
    CHECK_STATUS(ee_backup(engine, to, length_of(to), NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"attempts\":1") != NULL);
    CHECK_OK(ee_open_options_init(&open));
    open.read_only = 1;
    CHECK_OK(ee_open(to, length_of(to), &open, &copy));
    CHECK_OK(ee_is_read_only(copy, &flag));
    CHECK_INT(flag, 1);
    CHECK_OK(ee_verify(copy, 1, NULL, NULL, &needed));
    CHECK_INT(needed, 0);
    CHECK_STATUS(ee_publish(copy, 1), EE_E_READ_ONLY);
    CHECK_STATUS(ee_observe(copy, "1", 1, "1010", 4, "clicks", 6, 0), EE_E_READ_ONLY);
    CHECK_OK(ee_close(copy));
    CHECK_STATUS(ee_exists(copy, &flag), EE_E_HANDLE);
    CHECK_OK(ee_close(engine));
}
