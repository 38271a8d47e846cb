/* A fresh process that uses the library, forks, and whose children do all there is to do.
 * usage: fork_child HOW STORE     HOW: idle (loaded only), used, trained, bundle
 * STORE is written to, files beside it too. exit 0: three children did everything; 100 + n: child n was still
 * at work after ten minutes, which no load explains; 50 + n: a signal ended child n; else what failed. */
#include <embed_engine.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { K = 3, EVENTS = 1800, CHILDREN = 3, PATIENCE_S = 600 };

static char store[1024], bundle[1040], later[1040];

static ee_status recommend(ee_model model) {
    ee_event session = {1000, 0, EE_ACTION_CLICKS, 0};
    ee_recommended_item results[K];
    ee_recommend_result answer;
    ee_status status = ee_recommend(model, &session, 1, NULL, results, K, &answer);
    return status == EE_OK && answer.count != K ? EE_E_INTERNAL : status;
}

static ee_status train(ee_engine engine) {
    ee_text settings[3] = {EE_TEXT("dimensions=16"), EE_TEXT("epochs=2"), EE_TEXT("min_count=1")};
    ee_train_options options;
    ee_train_options_init(&options);
    options.preset = EE_PRESET_FAST;
    options.settings = settings;
    options.setting_count = 3;
    options.threads = 2;
    return ee_train(engine, &options, NULL, NULL, NULL);
}

static ee_status import_some(ee_engine engine) {
    static int64_t items[EVENTS], sessions[EVENTS], times[EVENTS];
    ee_columns columns;
    for (int i = 0; i < EVENTS; i++) {
        items[i] = (i / 6 * 7 + i % 6) % 60;
        sessions[i] = 1000000 + (int64_t)getpid() * 1000 + i / 6;
        times[i] = 1600000000000 + i * 60000LL;
    }
    memset(&columns, 0, sizeof columns);
    columns.struct_size = sizeof columns;
    columns.count = EVENTS;
    columns.items = items;
    columns.sessions = sessions;
    columns.times_ms = times;
    return ee_import_columns(engine, &columns, NULL, NULL, NULL, NULL);
}

static ee_status evaluate(ee_engine engine) {
    ee_evaluate_options options;
    ee_evaluate_options_init(&options);
    options.test.data = later;
    options.test.length = (int64_t)strlen(later);
    return ee_evaluate(engine, &options, NULL, NULL);
}

static int fails(const char *what, ee_status status) {
    char text[512] = "";
    int64_t needed;
    if (status == EE_OK) return 0;
    ee_last_error(text, sizeof text, &needed);
    fprintf(stderr, "%s: %d %s\n", what, status, text);
    return 1;
}

static int child(void) {
    ee_engine engine;
    ee_model model;
    if (fails("open", ee_open(store, (int64_t)strlen(store), NULL, &engine))) return 1;
    if (fails("model", ee_model_open(engine, 0, &model))) return 2;
    if (fails("recommend", recommend(model))) return 3;
    if (fails("import", import_some(engine))) return 4;
    if (fails("train", train(engine))) return 5;
    if (fails("evaluate", evaluate(engine))) return 6;
    if (fails("close", ee_model_close(model)) || fails("close", ee_close(engine))) return 7;
    return 0;
}

static int prepare(const char *how, ee_engine *engine, ee_model *model) {
    if (strcmp(how, "idle") == 0) return ee_abi_version() < 1;
    if (fails("open", ee_open(store, (int64_t)strlen(store), NULL, engine))) return 11;
    if (strcmp(how, "trained") == 0 && fails("train", train(*engine))) return 12;
    if (fails("model", ee_model_open(*engine, 0, model))) return 13;
    if (strcmp(how, "bundle") != 0) return fails("recommend", recommend(*model)) ? 14 : 0;
    if (fails("bundle", ee_write_bundle(*model, bundle, (int64_t)strlen(bundle), NULL, 0, NULL, NULL)))
        return 15;
    if (fails("close", ee_model_close(*model)) || fails("close", ee_close(*engine))) return 16;
    engine->id = 0;
    if (fails("bundle", ee_open_bundle(bundle, (int64_t)strlen(bundle), NULL, model))) return 17;
    return fails("recommend", recommend(*model)) ? 18 : 0;
}

static int wait_for(pid_t pid, int number) {
    int status = 0;
    for (int tenths = 0; waitpid(pid, &status, WNOHANG) == 0; tenths++) {
        struct timespec tenth = {0, 100000000};
        nanosleep(&tenth, NULL);
        if (tenths < PATIENCE_S * 10) continue;
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
        return 100 + number;
    }
    if (WIFSIGNALED(status)) fprintf(stderr, "child %d: signal %d\n", number, WTERMSIG(status));
    return WIFSIGNALED(status) ? 50 + number : WEXITSTATUS(status);
}

int main(int argc, char **argv) {
    ee_engine engine = {0};
    ee_model model = {0};
    if (argc != 3 || strlen(argv[2]) >= sizeof store) return 2;
    strcpy(store, argv[2]);
    snprintf(bundle, sizeof bundle, "%s.eeb", store);
    snprintf(later, sizeof later, "%s.csv", store);
    FILE *file = fopen(later, "w");
    if (!file) return 3;
    fputs("session,item,time\n", file);
    for (int s = 0; s < 20; s++)
        for (int i = 0; i < 4; i++) fprintf(file, "%d,%d,%d\n", s, s % 50 + i, 1700000000 + s * 1000 + i);
    fclose(file);
    int code = prepare(argv[1], &engine, &model);
    for (int number = 0; number < CHILDREN && code == 0; number++) {
        pid_t pid = fork();
        if (pid == 0) _exit(child());
        code = wait_for(pid, number);
    }
    /* The parent goes on. */
    if (code == 0 && model.id != 0) code = fails("recommend", recommend(model)) ? 19 : 0;
    return code;
}
