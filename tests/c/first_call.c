/* Loads the library into a fresh process and makes one call, the first it ever sees.
 * usage: first_call LIBRARY NUMBER STORE     exit 0: the status was the expected one; 99: no such number */
#define _GNU_SOURCE
#include <embed_engine.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *library;

#define CALL(name) (*(__typeof__(&name) *)address(#name))

static void **address(const char *name) {
    static void *function;
    function = dlsym(library, name);
    if (!function) {
        fprintf(stderr, "no %s\n", name);
        exit(3);
    }
    return &function;
}

int main(int argc, char **argv) {
    ee_engine engine = {0};
    ee_model model = {0};
    ee_event event = {1, 0, 0, 0};
    ee_recommended_item item;
    ee_recommend_result result;
    ee_train_options train;
    ee_vectors_view view;
    ee_text text = EE_TEXT("none.jsonl");
    int64_t n = 0;
    int32_t i = 0;
    char c[64];
    if (argc != 4) return 2;
    library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 4;
    }
    switch (atoi(argv[2])) {
    case 0: return CALL(ee_abi_version)() < 1;
    case 1: return CALL(ee_version)()[0] == 0;
    case 2: return CALL(ee_simd_level)()[0] == 0;
    case 3: return CALL(ee_status_name)(-2)[0] != 'E';
    case 4: return CALL(ee_last_error)(c, sizeof c, &n) != EE_OK;
    case 5: return CALL(ee_open)(argv[3], (int64_t)strlen(argv[3]), NULL, &engine) != EE_OK || engine.id == 0;
    case 6: return CALL(ee_close)(engine) != EE_E_HANDLE;
    case 7: return CALL(ee_train_options_init)(&train) != EE_OK;
    case 8: return CALL(ee_import)(engine, &text, 1, NULL, NULL, NULL, NULL) != EE_E_HANDLE;
    case 9: return CALL(ee_train)(engine, NULL, NULL, NULL, &n) != EE_E_HANDLE;
    case 10: return CALL(ee_recommend)(model, &event, 1, NULL, &item, 1, &result) != EE_E_HANDLE;
    case 11: return CALL(ee_similar)(model, 1, NULL, 0, &item, 1, &i) != EE_E_HANDLE;
    case 12: return CALL(ee_vectors)(model, NULL, 0, 0, &view) != EE_E_HANDLE;
    case 13: return CALL(ee_info)(engine, c, sizeof c, &n) != EE_E_HANDLE;
    case 14: return CALL(ee_item_key)(model, 1, c, sizeof c, &n) != EE_E_HANDLE;
    case 15: return CALL(ee_model_open)(engine, 0, &model) != EE_E_HANDLE;
    case 16: return CALL(ee_features)() == 0;
    case 17: /* unloading has no effect, and must not crash */
        if (CALL(ee_abi_version)() < 1) return 1;
        dlclose(library);
        return 0;
    default: return 99;
    }
}
