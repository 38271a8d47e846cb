/* Counting checks and temporary files. Must hold no test. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int checks_passed, checks_failed;
const char *fixtures;
static char temp_directory[] = "/tmp/ee-c-tests-XXXXXX";

void check_true(int ok, const char *file, int line, const char *what) {
    if (ok) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("%s:%d: failed: %s\n", file, line, what);
}

void check_int(long long found, long long expected, const char *file, int line, const char *what) {
    if (found == expected) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("%s:%d: %s is %lld, expected %lld\n", file, line, what, found, expected);
}

void check_status(ee_status found, ee_status expected, const char *file, int line, const char *what) {
    if (found == expected) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("%s:%d: %s\n    gave %s, expected %s (last error: %s)\n", file, line, what, ee_status_name(found),
           ee_status_name(expected), error_text());
}

const char *error_text(void) {
    static char text[2048];
    int64_t needed = 0;
    text[0] = 0;
    ee_last_error(text, sizeof text, &needed);
    return text;
}

ee_text text_of(const char *text) {
    ee_text t;
    t.data = text;
    t.length = text ? (int64_t)strlen(text) : 0;
    return t;
}

void temp_start(void) {
    if (!mkdtemp(temp_directory)) {
        perror("mkdtemp");
        exit(2);
    }
}

static void run(const char *format, const char *a, const char *b) {
    char command[2048];
    snprintf(command, sizeof command, format, a, b);
    if (system(command) != 0) {
        printf("cannot run %s\n", command);
        exit(2);
    }
}

void temp_end(void) { run("rm -rf '%s'%s", temp_directory, ""); }

void temp_remove(const char *path) { run("rm -rf '%s'%s", path, "*"); }

const char *temp_path(const char *name) {
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", temp_directory, name);
    return path;
}

const char *fixture_path(const char *name) {
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", fixtures, name);
    return path;
}

void write_file(const char *path, const void *bytes, size_t length) {
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, length, f) != length || fclose(f) != 0) {
        perror(path);
        exit(2);
    }
}

ee_engine open_golden(const char *name) {
    ee_engine engine = {0};
    const char *store = temp_path(name);
    run("cp -r '%s' '%s'", fixture_path("golden.ee"), store);
    CHECK_OK(ee_open(store, (int64_t)strlen(store), NULL, &engine));
    return engine;
}
