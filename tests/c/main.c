/* Runs the C tests.  usage: tests FIXTURES FIRST_CALL_PROGRAM LIBRARY FORK_PROGRAM */
#include "check.h"

#include <stdio.h>

ee_engine golden_engine;
ee_model golden;

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: %s FIXTURES FIRST_CALL_PROGRAM LIBRARY FORK_PROGRAM\n", argv[0]);
        return 2;
    }
    fixtures = argv[1];
    temp_start();
    test_layout();
    test_library();
    golden_engine = open_golden("golden.ee");
    CHECK_OK(ee_model_open(golden_engine, 0, &golden));
    test_handles();
    test_queries();
    test_golden();
    test_import();
    test_train();
    test_versions();
    test_export();
    test_bundle();
    test_vectors_and_backup();
    test_keys();
    test_rules();
    test_catalogue();
    test_arrow();
    test_users();
    test_online();
    test_threads();
    test_fork();
    CHECK_OK(ee_model_close(golden));
    CHECK_OK(ee_close(golden_engine));
    test_fork_children(argv[4]);
    test_first_calls(argv[2], argv[3]);
    temp_end();
    printf("%d passed, %d failed\n", checks_passed, checks_failed);
    return checks_failed != 0;
}
