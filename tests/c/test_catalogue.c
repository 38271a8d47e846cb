/* The catalogue: columns of attributes, files, what it says; filters, compiled once. */
#include "check.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS = 40, K = 10 };

static ee_engine store;
static ee_model model;

static void make(void) {
    int64_t items[ITEMS * 10], sessions[ITEMS * 10];
    const char *path = temp_path("catalogue.ee");
    ee_columns columns;
    ee_train_options options;
    ee_text settings[3] = {EE_TEXT("dimensions=8"), EE_TEXT("epochs=2"), EE_TEXT("min_count=1")};

    CHECK_OK(ee_open(path, (int64_t)strlen(path), NULL, &store));
    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.count = ITEMS * 10;
    for (int i = 0; i < ITEMS * 10; i++) {
        items[i] = (i / 4 * 7 + i % 4) % ITEMS;
        sessions[i] = i / 4;
    }
    columns.items = items;
    columns.sessions = sessions;
    CHECK_OK(ee_import_columns(store, &columns, NULL, NULL, NULL, NULL));
    CHECK_OK(ee_train_options_init(&options));
    options.settings = settings;
    options.setting_count = 3;
    options.threads = 1;
    CHECK_OK(ee_train(store, &options, NULL, NULL, NULL));
    CHECK_OK(ee_model_open(store, 0, &model));
}

static void set(void) {
    int64_t items[ITEMS], offsets[ITEMS + 1], tag_offsets[ITEMS + 1], added = 7;
    double price[ITEMS];
    ee_item_column columns[2];
    ee_item_columns given;
    char text[512];
    int64_t needed;

    memset(columns, 0, sizeof columns);
    memset(&given, 0, sizeof given);
    for (int i = 0; i < ITEMS; i++) {
        items[i] = i;
        price[i] = i;
        offsets[i] = 4 * i;
        tag_offsets[i] = i < 20 ? i : 20;
    }
    offsets[ITEMS] = 4 * ITEMS;
    tag_offsets[ITEMS] = 20;
    columns[0].name = (ee_text)EE_TEXT("price");
    columns[0].type = EE_ATTRIBUTE_NUMBER;
    columns[0].numbers = price;
    columns[1].name = (ee_text)EE_TEXT("tags");
    columns[1].type = EE_ATTRIBUTE_TAGS;
    columns[1].texts.bytes = "evenodd evenodd evenodd evenodd evenodd evenodd evenodd evenodd evenodd "
                             "evenodd ";
    columns[1].texts.offsets = offsets;
    columns[1].tag_offsets = tag_offsets;
    given.struct_size = sizeof given;
    given.count = ITEMS;
    given.items = items;
    given.columns = columns;
    given.column_count = 2;
    CHECK_OK(ee_set_attributes(store, &given, &added));
    CHECK_INT(added, ITEMS);
    CHECK_OK(ee_attributes(store, text, sizeof text, &needed));
    CHECK(strstr(text, "{\"name\":\"price\",\"type\":\"number\",\"filled\":40,\"values\":40}") != NULL);
    CHECK(strstr(text, "\"tags\",\"type\":\"tags\",\"filled\":20") != NULL);
    CHECK_OK(ee_item_attributes(store, "4", 1, text, sizeof text, &needed));
    CHECK(strcmp(text, "{\"price\":\"4\",\"tags\":\"even\"}") == 0);
    CHECK_OK(ee_item_attributes(store, "-4", 2, text, sizeof text, &needed));
    CHECK(strcmp(text, "{}") == 0);

    columns[0].type = EE_ATTRIBUTE_TIME;
    CHECK_STATUS(ee_set_attributes(store, &given, NULL), EE_E_INVALID_ARGUMENT); /* no times */
    columns[0].times_ms = items;
    CHECK_STATUS(ee_set_attributes(store, &given, NULL), EE_E_BAD_INPUT);
    CHECK(strstr(error_text(), "'price' is a number, not a time") != NULL);
    columns[0].type = 9;
    CHECK_STATUS(ee_set_attributes(store, &given, NULL), EE_E_INVALID_ARGUMENT);
    given.struct_size = 3;
    CHECK_STATUS(ee_set_attributes(store, &given, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_set_attributes(store, NULL, NULL), EE_E_INVALID_ARGUMENT);
}

static void files(void) {
    char text[2048];
    const char *path = temp_path("items.csv");
    int64_t needed;
    ee_catalog_options options;
    ee_text mapped = EE_TEXT("brand=maker:text");
    FILE *file;

    file = fopen(path, "w");
    fputs("sku,maker\n1,own\n2,other\n99,own\n", file);
    fclose(file);
    CHECK_OK(ee_catalog_options_init(&options));
    CHECK_INT(options.struct_size, sizeof options);
    options.attributes = &mapped;
    options.attribute_count = 1;
    CHECK_OK(ee_import_catalog(store, path, (int64_t)strlen(path), &options, NULL, NULL));
    CHECK_OK(ee_last_result(store, text, sizeof text, &needed));
    CHECK(strstr(text, "\"items\":3,\"new_items\":1") != NULL);
    CHECK(strstr(text, "{\"name\":\"brand\",\"type\":\"text\",\"filled\":3,\"values\":2}") != NULL);
    options.item = (ee_text)EE_TEXT("nothing");
    CHECK_STATUS(ee_import_catalog(store, path, (int64_t)strlen(path), &options, NULL, NULL), EE_E_BAD_INPUT);
    CHECK(strstr(error_text(), "no column 'nothing'") != NULL);
}

static void filters(void) {
    ee_filter filter = {0}, bad = {7};
    ee_recommend_options options;
    ee_recommended_item results[ITEMS];
    ee_recommend_result answer;
    ee_event session = {5, 0, EE_ACTION_CLICKS, 0};
    int64_t basket = 5;
    int32_t count, source;

    CHECK_OK(ee_filter_compile("price >= 10 and price < 30 and not tags has 'even'", 50, &filter));
    CHECK_OK(ee_recommend_options_init(&options));
    CHECK(options.filter.id == 0);
    options.filter = filter;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, ITEMS, &answer));
    CHECK_INT(answer.count, 15);
    for (int i = 0; i < answer.count; i++)
        CHECK(results[i].item >= 10 && results[i].item < 30
              && (results[i].item >= 20 || results[i].item % 2 == 1));
    CHECK_OK(ee_similar_by_rules(model, 5, NULL, 0, &options, results, ITEMS, &count));
    CHECK_INT(count, 15);
    CHECK_OK(ee_bought_together_by_rules(model, &basket, 1, &options, results, K, &count, &source));
    for (int i = 0; i < count; i++) CHECK(results[i].item >= 10 && results[i].item < 30);
    CHECK_STATUS(ee_filter_compile("price >", 7, &bad), EE_E_INVALID_ARGUMENT);
    CHECK(bad.id == 0 && strstr(error_text(), "column 8") != NULL);
    CHECK_OK(ee_filter_free(filter));
    CHECK_STATUS(ee_filter_free(filter), EE_E_HANDLE);
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, ITEMS, &answer), EE_E_HANDLE);
    options.filter.id = model.id;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, ITEMS, &answer), EE_E_HANDLE);
    CHECK(strstr(error_text(), "not an open filter") != NULL);
}

/* Boosts, pins, bury, caps, weights: each seen in an answer of its own. */
static void rules(void) {
    ee_filter boost = {0}, filter = {0};
    ee_recommend_options options;
    ee_recommended_item results[ITEMS], plain[ITEMS];
    ee_recommend_result answer;
    ee_event session = {5, 0, EE_ACTION_CLICKS, 0};
    ee_pin pins[2] = {{33, 2, 0}, {-9, 1, 0}};
    ee_cap cap = {EE_TEXT("tags"), 1, 0};
    char text[4096];
    int64_t needed;
    int even = 0;

    CHECK_OK(ee_boost_compile("price >= 38 * 1000", 18, &boost));
    CHECK_OK(ee_filter_compile("price < 20", 10, &filter));
    CHECK_OK(ee_recommend_options_init(&options));
    CHECK_OK(ee_recommend(model, &session, 1, &options, plain, K, &answer));
    options.boosts = &boost;
    options.boost_count = 1;
    options.pins = pins;
    options.pin_count = 2;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.count, K);
    CHECK_INT(results[1].item, 33);
    CHECK(results[0].item >= 38);
    for (int i = 1; i < K; i++) CHECK(results[i].score <= results[i - 1].score);
    CHECK_OK(ee_explain_rules(model, results, K, &options));
    CHECK_OK(ee_model_last_result(model, text, sizeof text, &needed));
    CHECK(strstr(text, "[\"pinned at 2\"]") != NULL);
    CHECK(strstr(text, "[\"boost price >= 38 * 1000\"]") != NULL);
    CHECK(strstr(text, "pin of item -9 at 1: nothing is known of it") != NULL);

    CHECK_OK(ee_recommend_options_init(&options));
    options.bury = filter;
    options.caps = &cap;
    options.cap_count = 1;
    options.weight_by = (ee_text)EE_TEXT("price");
    options.weight = 1;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, ITEMS, &answer));
    for (int i = 0; i < answer.count; i++) {
        if (i > 0 && results[i].item >= 20) CHECK(results[i - 1].item >= 20);
        even += results[i].item < 20 && results[i].item % 2 == 0;
    }
    CHECK_INT(even, 1);
    options.weight = 2;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "weight by price: 2 is not 0 to 1") != NULL);
    options.weight = 0;
    options.boosts = &filter;
    options.boost_count = 1;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "options.boosts[0] is a filter") != NULL);
    options.boost_count = 0;
    options.bury = boost;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "options.bury is a boost") != NULL);

    CHECK_OK(ee_recommend_options_init(&options));
    options.diversity = 1;
    options.diversity_by = EE_DIVERSITY_ATTRIBUTE;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    options.diversity_attribute = (ee_text)EE_TEXT("tags");
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.count, K);
    options.struct_size = 96; /* of a header before filters and what came after them */
    options.diversity = 0;
    options.diversity_by = 0;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    for (int i = 0; i < K; i++) CHECK(results[i].item == plain[i].item);
    CHECK_STATUS(ee_boost_compile("price > 3", 9, &boost), EE_E_INVALID_ARGUMENT);
    CHECK_OK(ee_filter_free(filter));
}

/* Item 99 is in the catalogue alone, of brand own, as item 1; shares for what little is known of. */
static void fallbacks(void) {
    ee_recommend_options options;
    ee_recommended_item results[K];
    ee_recommend_result answer;
    ee_event session = {99, 0, EE_ACTION_CLICKS, 0};
    ee_text by[2] = {EE_TEXT("tags"), EE_TEXT("brand")};
    char text[2048];
    int64_t needed;
    int explored = 0;

    CHECK_OK(ee_recommend_options_init(&options));
    CHECK(options.explore == 0 && options.explore_seed == 0 && options.fallback_by == NULL);
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_BRAND);
    CHECK_INT(results[0].item, 1);
    CHECK_INT(answer.explored, 0);
    options.fallback_by = by;
    options.fallback_by_count = 2;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_BRAND);
    options.fallback_by_count = 1;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.fallback, EE_FALLBACK_UNKNOWN_ITEMS);
    by[0] = (ee_text)EE_TEXT("price");
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "fallback: 'price' is a number") != NULL);
    options.fallback_by_count = 0;

    options.explore = 0.5f;
    options.explore_seed = 3;
    session.item = 5;
    CHECK_OK(ee_recommend(model, &session, 1, &options, results, K, &answer));
    CHECK_INT(answer.count, K);
    for (int i = 0; i < K; i++) explored += (results[i].sources & EE_EXPLORED) != 0;
    CHECK_INT(answer.explored, explored);
    CHECK_OK(ee_explain_explored(model, NULL, 0, &session, 1, results, K, &options));
    CHECK_OK(ee_model_last_result(model, text, sizeof text, &needed));
    CHECK(strncmp(text, "{\"items\":[", 10) == 0);
    CHECK((strstr(text, "explored: evidence ") != NULL) == (explored > 0));
    options.explore = 2;
    CHECK_STATUS(ee_recommend(model, &session, 1, &options, results, K, &answer), EE_E_INVALID_ARGUMENT);
    CHECK(strstr(error_text(), "xplore is not 0 to 1") != NULL);
}

void test_catalogue(void) {
    make();
    set();
    files();
    filters();
    rules();
    fallbacks();
    ee_model_close(model);
    ee_close(store);
}
