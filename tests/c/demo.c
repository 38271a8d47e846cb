/* Opens the store given on the command line and recommends through the C interface. Shows the interface,
 * tests nothing.
 * usage: demo STORE [ITEM ...]     without items: the two most frequent ones */

#include <embed_engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { K = 10, MAX_EVENTS = 64 };

static int fail(const char *what) {
    char text[1024] = "";
    int64_t needed = 0;
    ee_last_error(text, sizeof text, &needed);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

/* An item as people know it. */
static const char *name_of(ee_model model, int32_t kind, int64_t item, char *buffer, int64_t capacity) {
    int64_t needed = 0;
    if (kind == EE_KEYS_TEXT) {
        if (ee_item_key(model, item, buffer, capacity, &needed) != EE_OK)
            snprintf(buffer, (size_t)capacity, "?");
    } else {
        snprintf(buffer, (size_t)capacity, "%lld", (long long)item);
    }
    return buffer;
}

static int64_t item_of(ee_model model, int32_t kind, const char *key) {
    int64_t offsets[2] = {0, 0}, item = -1;
    uint8_t found = 0;
    if (kind != EE_KEYS_TEXT) return strtoll(key, NULL, 10);
    offsets[1] = (int64_t)strlen(key);
    ee_keys_to_items(model, key, offsets, 1, &item, &found);
    return found ? item : -1;
}

static const char *sources_of(uint32_t bits) {
    static char text[128];
    static const char *const names[] = {"popularity", "self", "covisitation", "item2vec", "item2vec_similar"};
    text[0] = 0;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(bits >> i & 1u)) continue;
        if (text[0]) strcat(text, ", ");
        strcat(text, names[i]);
    }
    return text;
}

int main(int argc, char **argv) {
    ee_engine engine;
    ee_model model;
    ee_event session[MAX_EVENTS];
    ee_recommended_item results[K];
    ee_recommend_result answer;
    char name[256];
    int64_t version = 0, items = 0;
    int32_t kind = 0;
    int n = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: %s STORE [ITEM ...]\n", argv[0]);
        return 2;
    }
    if (ee_open(argv[1], (int64_t)strlen(argv[1]), NULL, &engine) != EE_OK) return fail(argv[1]);
    if (ee_model_open(engine, 0, &model) != EE_OK) return fail(argv[1]);
    ee_model_version(model, &version);
    ee_item_count(model, &items);
    ee_key_kind(model, &kind);
    printf("EmbedEngine %s (%s), store %s, version %lld, %lld items\n\n", ee_version(), ee_simd_level(),
        argv[1],
           (long long)version, (long long)items);

    memset(session, 0, sizeof session);
    for (int i = 2; i < argc && n < MAX_EVENTS; i++) session[n++].item = item_of(model, kind, argv[i]);
    if (n == 0) {
        int64_t first[2] = {0, 0};
        n = items < 2 ? (int)items : 2;
        if (ee_items(model, NULL, n, first) != EE_OK) return fail("items");
        for (int i = 0; i < n; i++) session[i].item = first[i];
    }
    printf("session:");
    for (int i = 0; i < n; i++) printf(" %s", name_of(model, kind, session[i].item, name, sizeof name));

    /* The first request faults pages in; the second is what a service sees. */
    ee_recommend(model, session, n, NULL, results, K, &answer);
    if (ee_recommend(model, session, n, NULL, results, K, &answer) != EE_OK) return fail("recommend");
    printf("\n\n%4s  %-24s %8s  %s\n", "rank", "item", "score", "proposed by");
    for (int i = 0; i < answer.count; i++) {
        printf("%4d  %-24s %8.4f  %s\n", i + 1, name_of(model, kind, results[i].item, name, sizeof name),
               (double)results[i].score, sources_of(results[i].sources));
    }
    printf("\n%.0f us%s\n", (double)answer.latency_us,
           answer.fallback == EE_FALLBACK_NONE ? ""
           : "; answered by popularity: the session is empty or unknown");
    ee_model_close(model);
    ee_close(engine);
    return 0;
}
