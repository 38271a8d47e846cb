/* Many threads, a close in the middle, fork, and first calls in fresh processes. */
#include "check.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 200, K = 10 };

struct worker { ee_model model; int answered, refused, wrong; };

/* Queries until the handle is closed under it; any answer must be whole, any refusal EE_E_HANDLE. */
static void *query(void *argument) {
    struct worker *w = argument;
    ee_event session[2] = {{1010, 0, 0, 0}, {1011, 0, 1, 0}};
    ee_recommended_item results[K];
    ee_recommend_result answer;
    for (;;) {
        ee_status status = ee_recommend(w->model, session, 2, NULL, results, K, &answer);
        if (status == EE_OK) {
            w->answered++;
            if (answer.count != K) w->wrong++;
        } else {
            if (status != EE_E_HANDLE) w->wrong++;
            w->refused++;
            return NULL;
        }
    }
}

struct training { ee_engine engine; ee_status status; int reports; sem_t started, go_on; };

/* Holds the training at its second report until the other thread has done what must happen meanwhile. */
static int32_t hold(void *user_data, const char *stage, int64_t done, int64_t total) {
    struct training *t = user_data;
    (void)stage, (void)done, (void)total;
    if (++t->reports == 2) {
        sem_post(&t->started);
        sem_wait(&t->go_on);
    }
    return 0;
}

static void *train(void *argument) {
    struct training *t = argument;
    ee_train_options options;
    ee_text settings[3] = {EE_TEXT("dimensions=16"), EE_TEXT("epochs=3"), EE_TEXT("min_count=1")};
    ee_train_options_init(&options);
    options.settings = settings;
    options.setting_count = 3;
    options.threads = 1;
    t->status = ee_train(t->engine, &options, hold, t, NULL);
    sem_post(&t->started); /* a training that ends early must not leave the test waiting */
    return NULL;
}

void test_threads(void) {
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    int answered = 0, wrong = 0, refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        ee_model model;
        CHECK_OK(ee_model_open(golden_engine, 0, &model));
        memset(workers, 0, sizeof workers);
        for (int t = 0; t < THREADS; t++) {
            workers[t].model = model;
            pthread_create(&threads[t], NULL, query, &workers[t]);
        }
        usleep((useconds_t)(round * 20));
        CHECK_OK(ee_model_close(model));
        CHECK_STATUS(ee_model_close(model), EE_E_HANDLE);
        for (int t = 0; t < THREADS; t++) {
            pthread_join(threads[t], NULL);
            answered += workers[t].answered;
            refused += workers[t].refused;
            wrong += workers[t].wrong;
        }
    }
    CHECK(answered > 0);
    CHECK_INT(refused, THREADS * ROUNDS);
    CHECK_INT(wrong, 0);

    /* Closing an engine that trains: a second writer is locked out, the training ends well, then the engine
     * goes. */
    struct training run = {open_golden("busy.ee"), EE_E_INTERNAL, 0, {{0}}, {{0}}};
    ee_engine other = {0};
    const char *store = temp_path("busy.ee");
    int64_t needed;
    pthread_t trainer;
    sem_init(&run.started, 0, 0);
    sem_init(&run.go_on, 0, 0);
    CHECK_OK(ee_open(store, (int64_t)strlen(store), NULL, &other));
    pthread_create(&trainer, NULL, train, &run);
    sem_wait(&run.started);
    CHECK_STATUS(ee_train(other, NULL, NULL, NULL, NULL), EE_E_LOCKED);
    CHECK_OK(ee_close(run.engine));
    CHECK_STATUS(ee_info(run.engine, NULL, 0, &needed), EE_E_HANDLE);
    sem_post(&run.go_on);
    pthread_join(trainer, NULL);
    CHECK_INT(run.status, EE_OK);
    CHECK_OK(ee_close(other));
}

/* In the child the parent's handles are refused and the store can be opened again. */
static int child(void) {
    ee_event session = {1010, 0, 0, 0};
    ee_recommended_item results[K];
    ee_recommend_result answer;
    ee_engine engine;
    ee_model model;
    int64_t needed;
    const char *store = temp_path("golden.ee");
    if (ee_recommend(golden, &session, 1, NULL, results, K, &answer) != EE_E_FORKED) return 1;
    if (ee_info(golden_engine, NULL, 0, &needed) != EE_E_FORKED) return 2;
    if (ee_model_close(golden) != EE_E_FORKED) return 3;
    if (ee_open(store, (int64_t)strlen(store), NULL, &engine) != EE_OK) return 4;
    if (ee_model_open(engine, 0, &model) != EE_OK) return 5;
    if (ee_recommend(model, &session, 1, NULL, results, K, &answer) != EE_OK || answer.count != K) return 6;
    if (ee_model_close(model) != EE_OK || ee_close(engine) != EE_OK) return 7;
    /* Threads made here must not take what the parent's threads have left behind. */
    struct training run = {open_golden("forked.ee"), EE_E_INTERNAL, 2, {{0}}, {{0}}};
    sem_init(&run.started, 0, 0);
    train(&run);
    if (run.status != EE_OK || ee_close(run.engine) != EE_OK) return 10;
    pid_t grandchild = fork();
    int status = 0;
    if (grandchild == 0) _exit(ee_model_close(golden) == EE_E_FORKED ? 0 : 8);
    waitpid(grandchild, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 9;
}

void test_fork(void) {
    int status = 0;
    int64_t n;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) _exit(child());
    waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
    CHECK_OK(ee_item_count(golden, &n)); /* the parent goes on */
}

/* Every kind of parent, in processes of their own: EMBEDENGINE_FORKS runs of each, one by default. */
void test_fork_children(const char *program) {
    static const char *kinds[] = {"idle", "used", "trained", "bundle"};
    const char *asked = getenv("EMBEDENGINE_FORKS");
    int runs = asked ? atoi(asked) : 1;
    for (int run = 0; run < runs; run++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
            char name[64];
            int status = 0;
            snprintf(name, sizeof name, "forks-%s-%d.ee", kinds[kind], run);
            CHECK_OK(ee_close(open_golden(name)));
            const char *store = temp_path(name);
            fflush(stdout);
            pid_t pid = fork();
            if (pid == 0) {
                execl(program, program, kinds[kind], store, (char *)NULL);
                _exit(127);
            }
            waitpid(pid, &status, 0);
            int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
            if (code != 0) printf("a parent that is %s, run %d: %d\n", kinds[kind], run, code);
            CHECK_INT(code, 0);
            temp_remove(store);
        }
        if (runs > 1 && (run + 1) % 10 == 0) printf("%d of %d runs of each parent\n", run + 1, runs);
    }
}

void test_first_calls(const char *program, const char *library) {
    for (int call = 0;; call++) {
        char number[16];
        int status = 0;
        snprintf(number, sizeof number, "%d", call);
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            execl(program, program, library, number, fixture_path("golden.ee"), (char *)NULL);
            _exit(127);
        }
        waitpid(pid, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 99) {
            CHECK(call > 10);
            return;
        }
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            printf("first call %d ended with %d\n", call, status);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        if (call > 100) return;
    }
}
