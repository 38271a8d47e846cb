/* Layouts, names, the last error, handles. */
#include "check.h"

#include <string.h>

/* Sizes and offsets are the interface: a change must not compile. */
#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]
ASSERT(engine, sizeof(ee_engine) == 8);
ASSERT(model, sizeof(ee_model) == 8);
ASSERT(text, sizeof(ee_text) == 16);
ASSERT(text_column, sizeof(ee_text_column) == 16);
ASSERT(open_options, sizeof(ee_open_options) == 16);
ASSERT(import_options, sizeof(ee_import_options) == 176 && offsetof(ee_import_options, max_errors) == 160);
ASSERT(import_report, sizeof(ee_import_report) == 64);
ASSERT(columns, sizeof(ee_columns) == 144 && offsetof(ee_columns, item_texts) == 64
    && offsetof(ee_columns, categories) == 112);
ASSERT(train_options, sizeof(ee_train_options) == 80 && offsetof(ee_train_options, seed) == 40);
ASSERT(evaluate_options, sizeof(ee_evaluate_options) == 80
    && offsetof(ee_evaluate_options, seed) == 48 && offsetof(ee_evaluate_options, history) == 72
    && offsetof(ee_evaluate_options, explore) == 76);
ASSERT(event, sizeof(ee_event) == 24 && offsetof(ee_event, action) == 16);
ASSERT(item, sizeof(ee_recommended_item) == 16 && offsetof(ee_recommended_item, sources) == 12);
ASSERT(result, sizeof(ee_recommend_result) == 32 && offsetof(ee_recommend_result, version) == 8
       && offsetof(ee_recommend_result, explored) == 4
       && offsetof(ee_recommend_result, latency_us) == 28);
ASSERT(catalog_options, sizeof(ee_catalog_options) == 104);
ASSERT(item_column, sizeof(ee_item_column) == 72);
ASSERT(item_columns, sizeof(ee_item_columns) == 48);
ASSERT(pin, sizeof(ee_pin) == 16 && offsetof(ee_pin, place) == 8);
ASSERT(cap, sizeof(ee_cap) == 24 && offsetof(ee_cap, most) == 16);
ASSERT(recommend_options, sizeof(ee_recommend_options) == 224 && offsetof(ee_recommend_options, filter) == 96
       && offsetof(ee_recommend_options, boosts) == 104 && offsetof(ee_recommend_options, weight) == 176
       && offsetof(ee_recommend_options, diversity_attribute) == 184
       && offsetof(ee_recommend_options, explore) == 200
       && offsetof(ee_recommend_options, explore_seed) == 208
       && offsetof(ee_recommend_options, fallback_by) == 216);
ASSERT(export_options, sizeof(ee_export_options) == 48 && offsetof(ee_export_options, space) == 16);
ASSERT(vector_import_options, sizeof(ee_vector_import_options) == 136
       && offsetof(ee_vector_import_options, seed) == 88
       && offsetof(ee_vector_import_options, vectors_column) == 96);
ASSERT(vector_columns, sizeof(ee_vector_columns) == 48 && offsetof(ee_vector_columns, vectors) == 40);
ASSERT(inspect_options, sizeof(ee_inspect_options) == 64 && offsetof(ee_inspect_options, seed) == 56);
ASSERT(recommend_file_options, sizeof(ee_recommend_file_options) == 32);
ASSERT(reason, sizeof(ee_reason) == 16 && offsetof(ee_reason, source) == 12);
ASSERT(view, sizeof(ee_vectors_view) == 24 && offsetof(ee_vectors_view, stride_floats) == 20);

void test_layout(void) {
    ee_open_options open;
    ee_import_options import;
    ee_train_options train;
    ee_evaluate_options evaluate;
    ee_recommend_options recommend;
    CHECK_OK(ee_open_options_init(&open));
    CHECK_INT(open.struct_size, sizeof open);
    CHECK_OK(ee_import_options_init(&import));
    CHECK_INT(import.struct_size, sizeof import);
    CHECK_INT(import.session_gap_minutes, 30);
    CHECK_INT(import.min_session, 2);
    CHECK_INT(import.max_errors, 1000);
    CHECK(import.item.data == NULL);
    CHECK_OK(ee_train_options_init(&train));
    CHECK_INT(train.struct_size, sizeof train);
    CHECK_INT(train.preset, EE_PRESET_BALANCED);
    CHECK_INT(train.seed, 42);
    CHECK_INT(train.publish, 1);
    CHECK_INT(train.measure_sessions, 10000);
    CHECK_OK(ee_evaluate_options_init(&evaluate));
    CHECK_INT(evaluate.struct_size, sizeof evaluate);
    CHECK_INT(evaluate.k, 20);
    CHECK_OK(ee_recommend_options_init(&recommend));
    CHECK_INT(recommend.struct_size, sizeof recommend);
    CHECK_INT(recommend.source, EE_SOURCE_HYBRID);
    CHECK_STATUS(ee_open_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_import_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_train_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_evaluate_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_recommend_options_init(NULL), EE_E_INVALID_ARGUMENT);
}

void test_library(void) {
    char small[4] = "abc";
    int64_t needed = -1;
    CHECK(ee_abi_version() >= EE_ABI_VERSION);
    CHECK(strchr(ee_version(), '.') != NULL);
    CHECK(ee_features() & EE_FEATURE_ITEM2VEC);
    CHECK(ee_simd_level()[0] != 0);
    CHECK(strcmp(ee_status_name(EE_OK), "EE_OK") == 0);
    CHECK(strcmp(ee_status_name(EE_E_HANDLE), "EE_E_HANDLE") == 0);
    CHECK(strcmp(ee_status_name(EE_E_INTERNAL), "EE_E_INTERNAL") == 0);
    CHECK(strcmp(ee_status_name(12345), "EE_E_UNNAMED") == 0);
    CHECK(strcmp(ee_source_name(EE_SOURCE_POPULARITY), "popularity") == 0);
    CHECK(strcmp(ee_source_name(EE_SOURCE_RANKER_ORDERS), "ranker_orders") == 0);
    CHECK(ee_source_name(EE_SOURCE_SVD) == ee_source_name(EE_SOURCE_SVD));
    CHECK(ee_source_name(-1) == NULL && ee_source_name(31) == NULL && ee_source_name(1 << 30) == NULL);

    CHECK_STATUS(ee_open_options_init(NULL), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "NULL") != NULL);
    CHECK_STATUS(ee_last_error(small, 4, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK(needed > 4);
    CHECK(strcmp(small, "abc") == 0);
    CHECK_STATUS(ee_last_error(NULL, 0, &needed), EE_E_BUFFER_TOO_SMALL);
    CHECK_STATUS(ee_last_error(small, 4, NULL), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "NULL") != NULL); /* asking did not change it */
}

void test_handles(void) {
    ee_engine engine, zero = {0}, invented, mistyped;
    ee_model model, wrong;
    ee_open_options options;
    int64_t n = -1, needed = -1;
    const char *store = temp_path("handles.ee");
    int64_t length = (int64_t)strlen(store);

    CHECK_OK(ee_open(store, length, NULL, &engine));
    CHECK_STATUS(ee_open(NULL, 0, NULL, &engine), EE_E_INVALID_ARGUMENT);
    CHECK_INT(engine.id, 0); /* out-pointers are zeroed on entry */
    CHECK_STATUS(ee_open(store, length, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_open(store, -1, NULL, &engine), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_open("", 0, NULL, &engine), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_open("\xff\xfe", 2, NULL, &engine), EE_E_INVALID_ARGUMENT);

    ee_open_options_init(&options);
    options.verify = 7;
    CHECK_STATUS(ee_open(store, length, &options, &engine), EE_E_INVALID_ARGUMENT);
    options.verify = EE_VERIFY_FULL;
    options.struct_size = 4;
    CHECK_STATUS(ee_open(store, length, &options, &engine), EE_E_INVALID_ARGUMENT);
    options.struct_size = 0xffffffffu;
    CHECK_STATUS(ee_open(store, length, &options, &engine), EE_E_INVALID_ARGUMENT);
    struct { ee_open_options known; int32_t unknown[2]; } newer =
        {{sizeof newer, EE_VERIFY_FULL, 0, 0}, {0, 0}};
    CHECK_OK(ee_open(store, length, &newer.known, &engine)); /* a newer header's struct, nothing new set */
    newer.unknown[1] = 1;
    ee_engine other;
    CHECK_STATUS(ee_open(store, length, &newer.known, &other), EE_E_INVALID_ARGUMENT);

    CHECK_STATUS(ee_info(engine, NULL, 0, &needed), EE_E_NOT_FOUND); /* no store yet */
    CHECK_STATUS(ee_model_open(engine, 0, &model), EE_E_NOT_FOUND);
    CHECK_INT(model.id, 0);
    CHECK_OK(ee_close(engine));
    CHECK_STATUS(ee_close(engine), EE_E_HANDLE);
    CHECK_STATUS(ee_close(zero), EE_E_HANDLE);
    invented.id = 0x0123456789abcdefull;
    CHECK_STATUS(ee_close(invented), EE_E_HANDLE);
    invented.id = ~0ull;
    CHECK_STATUS(ee_close(invented), EE_E_HANDLE);
    CHECK_STATUS(ee_info(engine, NULL, 0, &needed), EE_E_HANDLE);
    CHECK_INT(needed, 0);

    /* A handle of the other type is told apart. */
    wrong.id = golden_engine.id;
    CHECK_STATUS(ee_item_count(wrong, &n), EE_E_HANDLE);
    CHECK_STATUS(ee_model_close(wrong), EE_E_HANDLE);
    mistyped.id = golden.id;
    CHECK_STATUS(ee_close(mistyped), EE_E_HANDLE);
    CHECK_OK(ee_item_count(golden, &n));

    /* A model outlives its engine, and a reused slot does not revive an old handle. */
    ee_engine own = open_golden("lifetimes.ee");
    CHECK_OK(ee_model_open(own, 0, &model));
    CHECK_OK(ee_close(own));
    CHECK_OK(ee_item_count(model, &n));
    CHECK(n > 0);
    CHECK_OK(ee_model_close(model));
    CHECK_STATUS(ee_item_count(model, &n), EE_E_HANDLE);
    CHECK_OK(ee_model_open(golden_engine, 0, &wrong));
    CHECK_STATUS(ee_item_count(model, &n), EE_E_HANDLE);
    CHECK_STATUS(ee_model_close(model), EE_E_HANDLE);
    CHECK_OK(ee_model_close(wrong));
    CHECK_STATUS(ee_model_open(golden_engine, 99, &model), EE_E_UNKNOWN);
    CHECK_STATUS(ee_model_open(golden_engine, -1, &model), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_model_open(golden_engine, 0, NULL), EE_E_INVALID_ARGUMENT);
}
