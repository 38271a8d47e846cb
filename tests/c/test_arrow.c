/* Arrow streams made by hand: what the C interface of Apache Arrow says, and nothing of Arrow's. Vectors from
 * arrays and from a stream. */
#include "check.h"

#include <stdio.h>
#include <string.h>

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

enum { ROWS = 3 };

/* Given, released: schemas, batches, streams. */
static int given[3], released[3];

static const int64_t keys[ROWS] = {0, 1, 2};
static const float numbers[ROWS * 2] = {1, 0, 0, 1, 3, 1};
static const char *second_format = "+w:2";

static void release_schema(struct ArrowSchema *schema) {
    released[0]++;
    schema->release = NULL;
}

static void release_array(struct ArrowArray *array) {
    released[1]++;
    array->release = NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
    released[2]++;
    stream->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    static struct ArrowSchema element, key, list, *elements[1], *columns[2];
    (void)stream;
    memset(&element, 0, sizeof element);
    element.format = "f";
    element.name = "item";
    key = list = element;
    key.format = "l";
    key.name = "sku";
    list.format = second_format;
    list.name = "clip";
    list.n_children = second_format[0] == '+';
    elements[0] = &element;
    list.children = elements;
    columns[0] = &key;
    columns[1] = &list;
    memset(out, 0, sizeof *out);
    out->format = "+s";
    out->n_children = 2;
    out->children = columns;
    out->release = release_schema;
    given[0]++;
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    static struct ArrowArray element, key, list, *elements[1], *columns[2];
    static const void *of_numbers[2] = {NULL, numbers}, *of_keys[2] = {NULL, keys}, *none[1] = {NULL};
    int *left = stream->private_data;
    memset(out, 0, sizeof *out);
    if ((*left)-- <= 0) return 0;
    memset(&element, 0, sizeof element);
    element.length = ROWS * 2;
    element.n_buffers = 2;
    element.buffers = of_numbers;
    key = list = element;
    key.length = list.length = ROWS;
    key.buffers = of_keys;
    elements[0] = &element;
    if (second_format[0] == '+') {
        list.n_buffers = 1;
        list.buffers = none;
        list.n_children = 1;
        list.children = elements;
    }
    columns[0] = &key;
    columns[1] = &list;
    out->length = ROWS;
    out->n_buffers = 1;
    out->buffers = none;
    out->n_children = 2;
    out->children = columns;
    out->release = release_array;
    given[1]++;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return NULL;
}

static struct ArrowArrayStream stream_of(int *batches) {
    struct ArrowArrayStream stream = {get_schema, get_next, get_last_error, release_stream, NULL};
    stream.private_data = batches;
    given[2]++;
    return stream;
}

static void check_given_back(void) {
    for (int i = 0; i < 3; i++) CHECK_INT(released[i], given[i]);
}

void test_arrow(void) {
    ee_engine engine = open_golden("arrow.ee"), none = {0};
    ee_vector_import_options options;
    ee_vector_columns columns;
    int64_t version = 0, needed = 0;
    int batches = 1;
    struct ArrowArrayStream stream = stream_of(&batches);
    char text[1 << 13];

    CHECK_OK(ee_vector_import_options_init(&options));
    CHECK_INT(options.add_items, 0);
    options.space = (ee_text)EE_TEXT("clip");
    options.add_items = 1;
    CHECK_OK(ee_import_vectors_stream(engine, &stream, &options, NULL, NULL, &version));
    CHECK(version > 0 && stream.release == NULL);
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"dimensions\":2") != NULL && strstr(text, "\"waiting\":") != NULL);
    check_given_back();

    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.dimensions = 2;
    columns.count = ROWS;
    columns.items = keys;
    columns.vectors = numbers;
    CHECK_OK(ee_import_vector_columns(engine, &columns, &options, NULL, NULL, &version));
    columns.vectors = NULL;
    CHECK_STATUS(
        ee_import_vector_columns(engine, &columns, &options, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_import_vector_columns(engine, NULL, &options, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);

    /* As a catalogue: the vectors are left out; a type that is not read is named, and all is given back. */
    batches = 1;
    stream = stream_of(&batches);
    CHECK_OK(ee_import_catalog_stream(engine, &stream, NULL, NULL, NULL));
    CHECK_OK(ee_last_result(engine, text, sizeof text, &needed));
    CHECK(strstr(text, "\"items\":3") != NULL && strstr(text, "'clip' holds vectors") != NULL);
    second_format = "tDs";
    batches = 1;
    stream = stream_of(&batches);
    CHECK_STATUS(ee_import_catalog_stream(engine, &stream, NULL, NULL, NULL), EE_E_BAD_INPUT);
    CHECK(strstr(error_text(), "'clip'") != NULL);
    CHECK_STATUS(ee_import_stream(engine, &stream, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    CHECK_STATUS(ee_import_stream(engine, NULL, NULL, NULL, NULL, NULL), EE_E_INVALID_ARGUMENT);
    stream = stream_of(&batches);
    CHECK_STATUS(ee_import_stream(none, &stream, NULL, NULL, NULL, NULL), EE_E_HANDLE);
    CHECK(stream.release == NULL);
    check_given_back();
    CHECK_OK(ee_close(engine));
}
