/* What the C tests share: counting checks, temporary directories, writing and copying files. */
#ifndef CHECK_H
#define CHECK_H

#include <embed_engine.h>

extern int checks_passed, checks_failed;

void check_true(int ok, const char *file, int line, const char *what);
void check_int(long long found, long long expected, const char *file, int line, const char *what);
void check_status(ee_status found, ee_status expected, const char *file, int line, const char *what);

#define CHECK(condition) check_true(!!(condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(found, expected) \
    check_int((long long)(found), (long long)(expected), __FILE__, __LINE__, #found)
#define CHECK_STATUS(call, expected) check_status((call), (expected), __FILE__, __LINE__, #call)
#define CHECK_OK(call) CHECK_STATUS(call, EE_OK)

/* Message of the last failure; a static buffer. */
const char *error_text(void);

ee_text text_of(const char *text);

/* A path below this run's temporary directory; one of eight static buffers. Removed at exit. */
const char *temp_path(const char *name);
void temp_start(void);
void temp_end(void);
/* Removes what lies under a path of temp_path, and beside it under names that begin so. */
void temp_remove(const char *path);

void write_file(const char *path, const void *bytes, size_t length);

/* Opens a copy of the golden store under a name of its own. */
ee_engine open_golden(const char *name);
const char *fixture_path(const char *name);
extern const char *fixtures;

/* A model of the golden store, opened once and used by the read-only tests. */
extern ee_engine golden_engine;
extern ee_model golden;

void test_layout(void);
void test_library(void);
void test_handles(void);
void test_import(void);
void test_train(void);
void test_versions(void);
void test_export(void);
void test_bundle(void);
void test_vectors_and_backup(void);
void test_queries(void);
void test_keys(void);
void test_rules(void);
void test_catalogue(void);
void test_arrow(void);
void test_users(void);
void test_online(void);
void test_golden(void);
void test_threads(void);
void test_fork(void);
void test_fork_children(const char *program);
void test_first_calls(const char *program, const char *library);

#endif
