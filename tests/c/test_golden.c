/* The golden answers. golden.json has one request a line with its keys in one order (make_golden.py says
 * so), hence no JSON library: a number list is read from its name up to the closing bracket. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LINE = 1 << 16, MAX = 1000 };

/* Scores have six digits, and instruction sets differ in the seventh. */
static const double tolerance = 1e-5;

static const char *after(const char *line, const char *name) {
    const char *at = strstr(line, name);
    return at ? at + strlen(name) : NULL;
}

static int numbers(const char *line, const char *name, double *to) {
    const char *at = after(line, name);
    int n = 0, depth = 0;
    if (!at) return 0;
    do {
        char *end;
        if (*at == '[') depth++, at++;
        else if (*at == ']') depth--, at++;
        else if (*at == ',') at++;
        else to[n++] = strtod(at, &end), at = end;
    } while (depth > 0 && n < 2 * MAX);
    return n;
}

static long number(const char *line, const char *name) {
    const char *at = after(line, name);
    return at ? strtol(at, NULL, 10) : -1;
}

static int32_t code(const char *line, const char *name, const char *const *names, const int32_t *codes,
    int count) {
    const char *at = after(line, name);
    for (int i = 0; at && i < count; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(at, names[i], length) == 0 && at[length] == '"') return codes[i];
    }
    return 0;
}

static int32_t source_of(const char *line) {
    static const char *const names[] = {"popularity", "self", "covisitation", "item2vec", "item2vec_similar",
                                        "hybrid_default", "hybrid"};
    static const int32_t codes[] = {0, 1, 2, 3, 4, 16, 17};
    return code(line, "\"source\":\"", names, codes, 7);
}

static int32_t seen_of(const char *line) {
    static const char *const names[] = {"keep", "drop", "demote"};
    static const int32_t codes[] = {0, 1, 2};
    return code(line, "\"seen\":\"", names, codes, 3);
}

static int32_t fallback_of(const char *line) {
    static const char *const names[] = {"empty_session", "unknown_items", "no_candidates"};
    static const int32_t codes[] = {1, 2, 3};
    return code(line, "\"fallback\":\"", names, codes, 3);
}

static void check_line(const char *line) {
    static double values[2 * MAX], scores[2 * MAX];
    static ee_recommended_item results[MAX];
    ee_event events[MAX];
    ee_recommend_result answer;
    ee_recommend_options options;
    int32_t k = (int32_t)number(line, "\"k\":"), count = 0;
    int n, ok = 1;
    if (strstr(line, "\"call\":\"similar\"")) {
        CHECK_OK(ee_similar(golden, number(line, "\"item\":"), NULL, 0, results, k, &count));
    } else {
        int pairs = numbers(line, "\"events\":", values) / 2;
        memset(events, 0, sizeof events);
        for (int i = 0; i < pairs; i++) {
            events[i].item = (int64_t)values[2 * i];
            events[i].action = (int32_t)values[2 * i + 1];
        }
        ee_recommend_options_init(&options);
        options.source = source_of(line);
        options.seen = seen_of(line);
        options.no_padding = strstr(line, "\"padding\":false") != NULL;
        CHECK_OK(ee_recommend(golden, events, pairs, &options, results, k, &answer));
        count = answer.count;
        CHECK_INT(answer.fallback, fallback_of(line));
        CHECK_INT(answer.unknown_items, number(line, "\"unknown_items\":"));
        CHECK_INT(answer.padded, number(line, "\"padded\":"));
    }
    n = numbers(line, "\"items\":", values);
    CHECK_INT(numbers(line, "\"scores\":", scores), n);
    CHECK_INT(count, n);
    for (int i = 0; i < n && i < count; i++) {
        if (results[i].item == (int64_t)values[i]
            && fabs((double)results[i].score - scores[i]) <= tolerance) continue;
        if (ok) printf("at %d of %.200s\n", i, line);
        ok = 0;
    }
    CHECK(ok);
}

void test_golden(void) {
    char *line = malloc(MAX_LINE);
    FILE *f = fopen(fixture_path("golden.json"), "r");
    int requests = 0;
    CHECK(f != NULL);
    while (f && fgets(line, MAX_LINE, f)) {
        if (strncmp(line, "{\"call\"", 7) != 0) continue;
        check_line(line);
        requests++;
    }
    CHECK(requests > 100);
    if (f) fclose(f);
    free(line);
}
