/*
 * embed_engine.h - EmbedEngine's C interface: recommendations from event logs, in one process, from
 * one directory.
 * Over 500 lines, for a binding includes one file and its manual is that file.
 * C99, and clean as C++. Link with -lembedengine, or dlopen libembedengine.so.
 *
 * ---------------------------------------------------------------------------------------------------------
 * READ THIS FIRST
 *
 * A complete program
 *
 *     #include <embed_engine.h>
 *     #include <stdio.h>
 *
 *     static int fail(const char *what) {
 *         char text[512] = "";
 *         int64_t needed;
 *         ee_last_error(text, sizeof text, &needed);
 *         fprintf(stderr, "%s: %s\n", what, text);
 *         return 1;
 *     }
 *
 *     int main(void) {
 *         ee_engine engine;
 *         ee_model model;
 *         ee_text log = EE_TEXT("events.jsonl");
 *         if (ee_open("shop.ee", 7, NULL, &engine) != EE_OK) return fail("open");
 *         if (ee_import(engine, &log, 1, NULL, NULL, NULL, NULL) != EE_OK) return fail("import");
 *         if (ee_train(engine, NULL, NULL, NULL, NULL) != EE_OK) return fail("train");
 *         if (ee_model_open(engine, 0, &model) != EE_OK) return fail("model");
 *         ee_event session[2] = {{45, 0, EE_ACTION_CLICKS, 0}, {98, 0, EE_ACTION_CARTS, 0}};
 *         ee_recommended_item items[20];
 *         ee_recommend_result answer;
 *         if (ee_recommend(model, session, 2, NULL, items, 20, &answer) != EE_OK) return fail("recommend");
 *         for (int i = 0; i < answer.count; i++)
 *             printf("%lld  %.4f\n", (long long)items[i].item, items[i].score);
 *         ee_model_close(model);
 *         ee_close(engine);
 *         return 0;
 *     }
 *
 * Handles and lifetimes
 *   ee_engine is an opened store; ee_model is one opened version of it. Both are numbers in a struct,
 *   passed by value; a zeroed handle is never valid. A model lives on its own: closing its engine,
 *   publishing, rolling back or collecting versions does not disturb it. A closed, doubly closed,
 *   invented or mistyped handle gives EE_E_HANDLE, never a crash. Closing while other threads are inside
 *   a call is safe: they finish, and the last one releases the memory. What ee_vectors points to dies
 *   with the close of its model. A model is a snapshot. To move on after ee_train, ee_publish,
 *   ee_rollback or another process's publish, open another: ee_model_open(engine, 0, ...), then close the
 *   old one.
 *
 * Threads
 *   Every function may be called from any thread at any time. Calls on a model, and ee_versions,
 *   ee_manifest and ee_info, take no lock and run side by side: where C would say `const handle`, read
 *   "documented here as a query". Calls that write (ee_import, ee_import_columns, ee_train, ee_publish,
 *   ee_rollback, ee_set_alias, ee_remove_alias, ee_collect, ee_compact, ee_forget, ee_import_vectors,
 *   ee_upgrade; not ee_observe) take the store's one-writer lock for their duration and answer
 *   EE_E_LOCKED while another thread or process holds it. A long call uses threads of its own and joins
 *   them before it returns.
 *
 * Errors
 *   Functions return an ee_status: 0, or a negative number that is never given another meaning.
 *   ee_last_error has the message of this THREAD's last failure; it names the file, line or argument and
 *   what to do. A success does not clear it. After a failure, what a pointer argument points to is zero
 *   (counts, handles, views, answers), a result buffer is unspecified. No exception ever leaves the
 *   library. EE_E_INTERNAL is a defect: please report it with its message.
 *
 * Ownership and buffers
 *   The library never keeps a pointer of yours after a call, and never hands out memory to be freed. Text
 *   comes in as UTF-8 with a length in bytes and needs no terminator. Text goes out by copy: (buffer,
 *   capacity, &needed). `needed` is always set, terminator included; if capacity is less, nothing is
 *   copied and the status is EE_E_BUFFER_TOO_SMALL. Call with (NULL, 0, &needed), then with a buffer;
 *   repeat if another thread made it longer in between. Never NULL: results, counts, handles and
 *   `needed`, unless a parameter says "may be NULL". const char* results (ee_version, ee_simd_level,
 *   ee_status_name, ee_source_name) live as long as the process. Only the returned count says how many
 *   results are valid. Any int64 is a legal item, so no value means "none".
 *
 * Options
 *   Initialise with ee_*_options_init, or pass NULL for the defaults. Structs that begin with struct_size
 *   grow at the end: a library takes a larger struct of a newer header as long as what it does not know
 *   is zero, else EE_E_INVALID_ARGUMENT. Nothing is clamped: a value out of range is an error. Reserved
 *   fields are 0.
 *
 * Items: int64 stores and text stores
 *   The first import decides whether a store's item keys are int64 or UTF-8 text (ee_key_kind). In an
 *   int64 store `item` is the key. In a text store it is the key's ordinal, a number that stays the same
 *   for the store's life: translate with ee_keys_to_items and ee_item_keys, many at a time. An item that
 *   the version does not know is skipped by ee_recommend and counted in unknown_items; an empty or
 *   unknown session is answered by popularity and says so in `fallback`. A row is an item's place in one
 *   version (by falling frequency), 0 to ee_item_count - 1, and indexes ee_vectors.
 *   Items that were observed and the version does not know can be answered, by what they were seen with.
 *   They have no row; in a text store their number is 2^40 or more and good while the model is open.
 *
 * Callbacks
 *   A progress callback runs on the thread that made the long call, about twenty times a second at most
 *   and at the start and end of every stage. `stage` is terminated and valid during the callback only;
 *   total is 0 when not known. Return 0 to go on; anything else ends the call with EE_E_CANCELLED and the
 *   store as it was (unless the commit had been reached: then the call succeeds). It may call this
 *   library. It must not throw or longjmp.
 *
 * fork
 *   A handle opened before fork answers EE_E_FORKED in the child (its close too: the memory goes with the
 *   process). The child may open the store again. Forking during a call of another thread is as safe as
 *   calling malloc after it: exec.
 *
 * Unloading
 *   The library is never unloaded: it is linked with -z nodelete, and dlclose has no effect.
 *
 * Signals
 *   Loading installs handlers for SIGSEGV and SIGFPE (chained to yours if installed before) and ignores
 *   SIGPIPE. SIGINT and the others are left alone: to make a long call end on Ctrl-C, let your handler
 *   set a flag, and return it from the progress callback.
 *
 * JSON results
 *   ee_last_result, ee_versions, ee_manifest, ee_info and the like give one UTF-8 JSON value; fields are
 *   added, never renamed.
 *     version: {"version","name","created_at","active","seconds","stages":{stage: seconds},
 *              "metrics": report or null,"evaluations":[recorded]}
 *     report:  {"k","protocol","cases","sessions","served_source","sources":{name: {"recall",
 *              "recall_ci":[low,high],"ndcg","ndcg_ci","map","map_ci","mrr","mrr_ci","hit_rate",
 *              "hit_rate_ci","coverage","novelty","diversity","popularity_bias"}},"slices":{slice:
 *              {"cases","sources":{name: {"recall","mrr"}}}},"p50_us","p99_us"}; slices short, long, cold,
 *              repeats, unseen. Rest of session adds by source "recall_clicks", "recall_carts",
 *              "recall_orders", "weighted_recall", each with its interval; a comparison adds "compared":
 *              {"version","with","sources":{name: {"recall","recall_ci","ndcg","ndcg_ci","mrr","mrr_ci"}}}
 *              With explore "exploration": {"share","cases","little_known","shown","shown_without","places",
 *              "recall","recall_ci","mrr","mrr_ci","cold_recall","cold_recall_without","difference":
 *              {"recall","recall_ci","ndcg","ndcg_ci","mrr","mrr_ci"}}
 *              Without a test file "recorded":[recorded], where there are any; recorded: {"file",
 *              "fingerprint","at","max_history","max_sessions"} and the fields of a report
 *     inspect: {"session","file","trained","version","source","served_source","depth","steps":[{"step",
 *              "history":[event],"truth": event,"rank","ranks":{source: rank or null},"fallback",
 *              "items":[{"item","score","title","category","reasons","because","by","is_truth"}]}]};
 *              event: {"item","action","time_ms","title","category","known"}
 *     import:  {"events","sessions","items","rejected","short_sessions","long_sessions",
 *              "robot_sessions","duplicate_events","adopted_events","unfit_events","seconds",
 *              "events_by_action":{name: count},
 *              "first_errors":[{"file","line","reason"}],"source_fingerprint"}
 *     verify:  {"sound","files","bytes","faults":[{"file","problem"}]}
 *     collect: {"collected":[version, ...],"leased":[version, ...]}
 *     export:  {"version","rows","dimensions","files":[path, ...]}
 *     bundle:  {"path","version","bytes","artifacts":[name, ...]}
 *     backup:  {"path","versions","files","bytes","attempts"}
 *     vectors: {"version","space","dimensions","items","missing","unknown","rejected",
 *              "first_errors":[{"file","line","reason"}]}
 *     compact: {"segments_before","segments_after","bytes_before","bytes_after","removed_events",
 *              "removed_sessions"}
 *     forget:  {"removed_events","removed_sessions","versions_before":[version, ...],"open_live_logs"}
 *     diff:    [{"key","a","b"}, ...]
 *     aliases: {name: version}
 *     lineage: [version, parent, ...]
 *     info:    {"path","format","item_keys": "int64" | "string" | null,"items","users","events",
 *              "sessions","imports","segments","log_bytes","versions","active_version",
 *              "artifact_bytes","serving_version","problem": text or null,"swept_orphans",
 *              "cut_bytes","unfit_events","last_recovery": text or null,"engine","simd"}
 * ---------------------------------------------------------------------------------------------------------
 */
#ifndef EMBED_ENGINE_H
#define EMBED_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The interface described here. Compare with ee_abi_version(): a library with a larger number serves this
 * header. */
#define EE_ABI_VERSION 1

typedef int32_t ee_status;

enum {
    EE_OK = 0,
    EE_E_INVALID_ARGUMENT = -1,  /* an argument is out of its documented range */
    EE_E_HANDLE = -2,            /* closed, never opened, or of another type */
    EE_E_NOT_FOUND = -3,         /* a file or directory does not exist or cannot be read */
    EE_E_IO = -4,                /* the operating system refused a read or write */
    EE_E_CORRUPT = -5,           /* a file of the store is damaged */
    EE_E_FORMAT = -6,            /* a file of a newer format */
    EE_E_LOCKED = -7,            /* another thread or process is writing to the store */
    EE_E_BAD_INPUT = -8,         /* input data is not in the expected format */
    EE_E_NO_MODEL = -9,          /* the store has no published version: call ee_train */
    EE_E_UNKNOWN = -10,          /* no such item, version, space, source or action */
    EE_E_CANCELLED = -11,        /* the progress callback said stop */
    EE_E_BUFFER_TOO_SMALL = -12, /* `needed` says how much */
    EE_E_VERSION_MISMATCH = -13, /* something belongs to another version or space */
    EE_E_FORKED = -14,           /* the handle was opened before fork */
    EE_E_READ_ONLY = -15,        /* the store was opened read-only and the call writes */
    EE_E_KEY_KIND = -16,         /* text keys for an int64 store, or the reverse */
    EE_E_LEAK = -17,             /* evaluation on sessions that trained the version */
    EE_E_OUT_OF_MEMORY = -18,
    EE_E_INTERNAL = -99          /* a defect in the engine */
};

enum { EE_VERIFY_HEADER = 0, EE_VERIFY_FULL = 1 };

enum {
    EE_FORMAT_AUTO = 0, EE_FORMAT_OTTO = 1, EE_FORMAT_CSV = 2, EE_FORMAT_TSV = 3, EE_FORMAT_SESSIONS = 4,
    EE_FORMAT_JSONL = 6,     /* one event a JSON object; nested properties by their path, a.b */
    EE_FORMAT_HEADERLESS = 7 /* as CSV without a header row; columns by number, "1" the first */
};

enum { EE_TIME_AUTO = 0, EE_TIME_SECONDS = 1, EE_TIME_MILLISECONDS = 2, EE_TIME_ISO = 3 };

enum { EE_KEYS_UNSET = 0, EE_KEYS_INT64 = 1, EE_KEYS_TEXT = 2 };

/* Built-in action codes; others by ee_action_code. */
enum { EE_ACTION_CLICKS = 0, EE_ACTION_CARTS = 1, EE_ACTION_ORDERS = 2, EE_ACTION_REMOVE = 3 };

/* Candidate sources: values of ee_recommend_options.source, bits (1 << source) elsewhere. */
enum {
    EE_SOURCE_POPULARITY = 0,
    EE_SOURCE_SELF = 1,
    EE_SOURCE_COVISITATION = 2,
    EE_SOURCE_ITEM2VEC = 3,         /* what follows the session */
    EE_SOURCE_ITEM2VEC_SIMILAR = 4, /* what resembles it */
    EE_SOURCE_SEQUENTIAL = 5,       /* what came next after the last item */
    EE_SOURCE_SESSION_KNN = 6,      /* what alike sessions went on with */
    EE_SOURCE_SVD = 7,              /* near in factorised co-occurrence */
    EE_SOURCE_GRAPH = 8,            /* learned from walks over the co-occurrence graph */
    EE_SOURCE_USER = 9,             /* near the whole history */
    EE_SOURCE_TRAITS = 10,          /* of the traits the history shows */
    EE_SOURCE_TRENDING = 11,        /* popular lately */
    EE_SOURCE_CATEGORY = 12,        /* popular in the session's categories */
    EE_SOURCE_COVISITATION_NORMALIZED = 13, /* co-visitation over the root of popularity */
    EE_SOURCE_COVISITATION_CART = 14, /* carted or ordered after the session's items */
    EE_SOURCE_BOUGHT_TOGETHER = 15, /* ordered together */
    EE_SOURCE_HYBRID_DEFAULT = 16,  /* weighted fusion */
    EE_SOURCE_HYBRID = 17,          /* what the version serves: the winner of its gate (default) */
    EE_SOURCE_RANKER = 18,          /* learned fusion, where the gate let it in */
    EE_SOURCE_RANKER_CARTS = 19,    /* the same, for what will be carted in the rest of the session */
    EE_SOURCE_RANKER_ORDERS = 20,   /* the same, for what will be ordered */
    EE_SOURCE_RANKER_USER = 21,     /* the same, for users whose earlier sessions are known */
    EE_SOURCE_RANKER_VISIT = 22,    /* the same, for users of whose session nothing is known yet */
    EE_SOURCE_HISTORY = 23,         /* the user's own items of earlier sessions */
    EE_SOURCE_COVISITATION_HISTORY = 24, /* seen with the last items of the user's earlier sessions */
    EE_SOURCE_USER_HISTORY = 25,    /* near the vector of the user's whole history */
    EE_SOURCE_CONTENT = 26,         /* alike by the catalogue's texts and tags, known to the log or not */
    EE_SOURCE_FUSION = 27           /* alike by what people did and the catalogue, known to the log or not */
};

enum { EE_SEEN_KEEP = 0, EE_SEEN_DROP = 1, EE_SEEN_DEMOTE = 2 };

/* What makes two items alike when an answer is diversified. */
enum { EE_DIVERSITY_VECTORS = 0, EE_DIVERSITY_CATEGORY = 1, EE_DIVERSITY_ATTRIBUTE = 2 };

/* Which fallback answered: none; session empty; none of its items known; the source had nothing. */
enum {
    EE_FALLBACK_NONE = 0,
    EE_FALLBACK_EMPTY_SESSION = 1,
    EE_FALLBACK_UNKNOWN_ITEMS = 2,
    EE_FALLBACK_NO_CANDIDATES = 3,
    EE_FALLBACK_SESSION = 4,    /* the user has no known history: the session alone answered */
    EE_FALLBACK_CATEGORY = 5,   /* items of the category of the session's answered, for nothing else is known
                                 * of them; by EE_SOURCE_USER: the mean of the last item's category */
    EE_FALLBACK_ACTION = 6,     /* the mean of items with the last action answered */
    EE_FALLBACK_CENTROID = 7,   /* the mean of all items answered */
    EE_FALLBACK_POPULARITY = 8, /* nothing is known of the user: popularity answered */
    EE_FALLBACK_BRAND = 9,      /* items of the brand of the session's answered */
    EE_FALLBACK_ATTRIBUTE = 16  /* those alike by another attribute did: this plus its place in fallback_by */
};

/* What an evaluated request knows of its user: the session, or earlier sessions too. */
enum { EE_HISTORY_SESSION = 0, EE_HISTORY_USER = 1 };

/* How a history becomes a vector. */
enum {
    EE_USER_VECTOR_SERVED = 0,    /* as the version has chosen */
    EE_USER_VECTOR_MIX = 1,       /* a short and a long memory */
    EE_USER_VECTOR_AVERAGE = 2,   /* exp(-.05 n), n events back */
    EE_USER_VECTOR_TIME = 3,      /* exp(-.05 d), d days back */
    EE_USER_VECTOR_DEBIASED = 4,  /* mix, over the root of an item's count */
    EE_USER_VECTOR_MEAN = 5,
    EE_USER_VECTOR_TF_IDF = 6,    /* by how rare an item is among customers */
    EE_USER_VECTOR_RECENCY = 7,   /* .95^n */
    EE_USER_VECTOR_ATTENTION = 8, /* weights learned from what came next */
    EE_USER_VECTOR_ENCODER = 9    /* a network learned from what came next */
};

/* Which vectors of a space are searched: what items are, or what follows them. */
enum { EE_SIDE_IN = 0, EE_SIDE_OUT = 1 };

/* What makes two users alike. */
enum { EE_LIKENESS_TRAITS = 0, EE_LIKENESS_VECTOR = 1 };

enum { EE_PRESET_FAST = 0, EE_PRESET_BALANCED = 1, EE_PRESET_BEST = 2 };

/* What a new version must not be worse than to be published. */
enum { EE_GATE_NONE = 0, EE_GATE_ACTIVE = 1 };

enum { EE_PROTOCOL_NEXT = 0, EE_PROTOCOL_LAST = 1, EE_PROTOCOL_REST = 2 };

/* What ee_export and ee_engine_export write; the last two need the engine: they are counted in the log. */
enum {
    EE_EXPORT_VECTORS = 0,
    EE_EXPORT_MANIFEST = 1,
    EE_EXPORT_POPULARITY = 2,
    EE_EXPORT_NEIGHBORS = 3,
    EE_EXPORT_COOCCURRENCE = 4, /* how often two items lie near each other in a session */
    EE_EXPORT_PPMI = 5          /* their positive pointwise mutual information */
};

/* Formats of files that leave or enter a store; auto writes the first that fits, and reads by the content. */
enum {
    EE_FILE_AUTO = 0,
    EE_FILE_NPY = 1, /* FILE: rows x dimensions float32; FILE.ids.npy: int64 keys, or FILE.ids.txt */
    EE_FILE_W2V = 2,
    EE_FILE_JSONL = 3,
    EE_FILE_CSV = 4,
    EE_FILE_JSON = 5,
    EE_FILE_SAFETENSORS = 6 /* read only: tensors by name */
};

/* What an attribute of items holds. */
enum {
    EE_ATTRIBUTE_TEXT = 1,
    EE_ATTRIBUTE_NUMBER = 2,
    EE_ATTRIBUTE_BOOLEAN = 3,
    EE_ATTRIBUTE_TIME = 4,
    EE_ATTRIBUTE_TAGS = 5
};

/* Bits of ee_features. */
enum { EE_FEATURE_ITEM2VEC = 1, EE_FEATURE_COVISITATION = 2, EE_FEATURE_HNSW = 4, EE_FEATURE_TEXT_KEYS = 8 };

typedef struct ee_engine { uint64_t id; } ee_engine;
typedef struct ee_model { uint64_t id; } ee_model;
typedef struct ee_filter { uint64_t id; } ee_filter;

/* UTF-8 bytes and their number; data NULL = not given. */
typedef struct ee_text {
    const char *data;
    int64_t length;
} ee_text;

/* An ee_text of a string literal, as an initialiser. */
#define EE_TEXT(literal) { literal, (int64_t)(sizeof(literal) - 1) }

/* count texts in one block: text i is bytes[offsets[i]] up to bytes[offsets[i + 1]]. offsets NULL = no such
 * column. */
typedef struct ee_text_column {
    const char *bytes;
    const int64_t *offsets; /* count + 1, ascending */
} ee_text_column;

/* Progress of a long call; non-zero cancels. See "Callbacks". */
typedef int32_t (*ee_progress)(void *user_data, const char *stage, int64_t done, int64_t total);

/* ---- The library -------------------------------------------------------------------------------------- */

int32_t ee_abi_version(void);
const char *ee_version(void);
uint64_t ee_features(void);

/* Vector instructions of this build on this machine: "avx512", "avx2", "vector128" or "scalar". */
const char *ee_simd_level(void);

/* "EE_E_HANDLE" for -2; "EE_E_UNNAMED" for a number this library does not know. */
const char *ee_status_name(ee_status status);

/* "popularity" for EE_SOURCE_POPULARITY: the name that JSON, the command line and other bindings use. NULL
 * for a number that is no source of this library; numbers are below 32. A binding that asks here knows the
 * sources of a newer library too. */
const char *ee_source_name(int32_t source);

/* Message of this thread's last failed call; "" when none failed. */
ee_status ee_last_error(char *buffer, int64_t capacity, int64_t *needed);

/* ---- Stores ------------------------------------------------------------------------------------------- */

typedef struct ee_open_options {
    uint32_t struct_size;
    int32_t verify;    /* EE_VERIFY_*: how much of a version is checked when it is opened */
    int32_t read_only; /* non-zero: no lock, no lease, nothing written; nobody else may write meanwhile */
    int32_t lock_wait; /* milliseconds a call that writes waits for another before EE_E_LOCKED; default 0 */
} ee_open_options;

ee_status ee_open_options_init(ee_open_options *options);

/* Opens a store. The directory need not exist: the first import makes it. Reads next to nothing. */
ee_status ee_open(const char *path, int64_t path_length, const ee_open_options *options,
                  ee_engine *engine);
ee_status ee_close(ee_engine engine);

/* Whether the directory is a store yet. */
ee_status ee_exists(ee_engine engine, int32_t *exists);

/* Whether calls that write are refused: asked for, or the medium cannot be written to. */
ee_status ee_is_read_only(ee_engine engine, int32_t *read_only);

typedef struct ee_import_options {
    uint32_t struct_size;
    int32_t format;                 /* EE_FORMAT_*; auto looks at the content */
    ee_text session;                /* column names of delimited files; not given = found by common names */
    ee_text user;
    ee_text time;
    ee_text action;
    ee_text item;
    ee_text category;
    ee_text title;
    ee_text action_map;             /* "view=view:1,add_cart=cart:3" */
    int32_t time_unit;              /* EE_TIME_* */
    int32_t key_kind;               /* EE_KEYS_*; unset takes the store's, else finds it */
    int32_t session_gap_minutes;    /* 1 to 525600, default 30: ends a session where only users are known */
    int32_t min_session;            /* default 2: shorter sessions are kept, not trained on */
    int32_t max_events_per_session; /* 0 = no limit */
    int32_t strict;                 /* non-zero ends at the first bad row */
    int64_t max_errors;             /* default 1000: one more bad row ends the import with nothing imported */
    int32_t max_events_per_minute;  /* faster sessions (robots) are kept, not trained on; 0 = no limit */
} ee_import_options;

ee_status ee_import_options_init(ee_import_options *options);

typedef struct ee_import_report {
    int64_t events;
    int64_t sessions;
    int64_t items;
    int64_t rejected;
    int64_t short_sessions;
    int64_t long_sessions;
    int64_t duplicate_events;
    double seconds;
} ee_import_report;

/* Imports files (plain or gzip) in one commit: all of them, or nothing. report may be NULL; ee_last_result
 * has more. */
ee_status ee_import(ee_engine engine, const ee_text *paths, int32_t path_count,
                    const ee_import_options *options, ee_progress progress, void *user_data,
                    ee_import_report *report);

/* Events in memory, one element an event. Read during the call only. NULL = no such column. */
typedef struct ee_columns {
    uint32_t struct_size;        /* sizeof(ee_columns) */
    int32_t action_name_count;
    int64_t count;
    const int64_t *items;        /* items or item_texts */
    const int64_t *sessions;     /* sessions, session_texts, users or user_texts: at least one */
    const int64_t *users;
    const int64_t *times_ms;     /* since 1970-01-01 UTC; NULL keeps the order of the arrays */
    const uint8_t *actions;      /* indexes into action_names; without names EE_ACTION_*; NULL = clicks */
    const ee_text *action_names; /* action_name_count of them, or NULL */
    ee_text_column item_texts;
    ee_text_column session_texts;
    ee_text_column user_texts;
    ee_text_column categories;   /* of the item, as the event's row names it; the last one said stays */
    ee_text_column titles;       /* likewise; "" says nothing */
} ee_columns;

ee_status ee_import_columns(ee_engine engine, const ee_columns *columns, const ee_import_options *options,
                            ee_progress progress, void *user_data, ee_import_report *report);

/* Events from an Arrow stream: a struct ArrowArrayStream of Apache Arrow's C stream interface
 * (arrow.apache.org/docs/format/CStreamInterface.html), of batches of rows. Columns are found by their names
 * as those of a file are. The stream is taken over: it is released, once, when this returns, whatever it
 * returns. Read are integers, floats, decimals of 128 bits, booleans, texts and bytes (plain, large and by
 * views), dates and timestamps of every unit, all of these coded by a dictionary, and lists of them; anything
 * else is EE_E_BAD_INPUT with the column's name. The stream is held in memory while it is read. report may be
 * NULL. */
struct ArrowArrayStream;
ee_status ee_import_stream(ee_engine engine, struct ArrowArrayStream *stream,
                           const ee_import_options *options, ee_progress progress, void *user_data,
                           ee_import_report *report);

/* ---- The catalogue ------------------------------------------------------------------------------------ */

typedef struct ee_catalog_options {
    uint32_t struct_size;
    int32_t format;            /* EE_FORMAT_AUTO, _CSV, _TSV or _JSONL */
    ee_text item;              /* column names; not given = found by common names */
    ee_text title;
    ee_text category;
    ee_text price;
    const ee_text *attributes; /* "NAME=COLUMN" or "NAME=COLUMN:TYPE": text, number, bool, time, tags */
    int32_t attribute_count;
    int32_t keys;              /* EE_KEYS_*; of a store that has none yet, unset finds it */
    int64_t max_errors;        /* default 1000: one more bad row ends the import with nothing changed */
    int32_t strict;            /* non-zero ends at the first bad row */
    int32_t reserved;
} ee_catalog_options;

ee_status ee_catalog_options_init(ee_catalog_options *options);

/* Imports a file of items with their attributes (CSV, TSV, JSON lines; plain or gzip): every column becomes
 * an attribute. Changes what the file says, leaves the rest, needs no training and waits for none. Items need
 * no events. ee_last_result has {"items", "new_items", "attributes": [{"name", "type", "filled", "values"}],
 * "rejected", "first_errors", "seconds", "columns", "key_kind", "warnings"}. */
ee_status ee_import_catalog(ee_engine engine, const char *path, int64_t path_length,
                            const ee_catalog_options *options, ee_progress progress, void *user_data);

/* The same from an Arrow stream, which is taken over as ee_import_stream says; options->format says nothing
 * here. Attributes are of the columns' types, lists of texts are tags; a column of vectors is left out with a
 * warning. Null and NaN take the value away that the item had, an empty text says nothing. */
ee_status ee_import_catalog_stream(ee_engine engine, struct ArrowArrayStream *stream,
                                   const ee_catalog_options *options, ee_progress progress,
                                   void *user_data);

/* One attribute of some items: the array of its type, one element an item. An element that is missing takes
 * the value away that the item had. */
typedef struct ee_item_column {
    ee_text name;
    int32_t type;               /* EE_ATTRIBUTE_* */
    int32_t reserved;
    const double *numbers;      /* NaN is missing */
    const int64_t *times_ms;    /* since 1970-01-01 UTC; INT64_MIN is missing */
    const int8_t *booleans;     /* 0 false, 1 true, -1 missing */
    ee_text_column texts;       /* "" is missing; of tags: all tags, item after item */
    const int64_t *tag_offsets; /* item i has the texts from tag_offsets[i] to tag_offsets[i + 1] */
} ee_item_column;

/* Attributes in memory, one element an item. Read during the call only. */
typedef struct ee_item_columns {
    uint32_t struct_size; /* sizeof(ee_item_columns) */
    int32_t column_count;
    int64_t count;
    const int64_t *items; /* items or item_texts */
    ee_text_column item_texts;
    const ee_item_column *columns;
} ee_item_columns;

/* Changes attributes of some items: all of them or none, durable on return, without the store's writer lock.
 * Other processes see it after their next ee_refresh, models of this engine at once. new_items (may be NULL):
 * items the catalogue did not have before. EE_E_BAD_INPUT: an attribute is of another type. */
ee_status ee_set_attributes(ee_engine engine, const ee_item_columns *columns, int64_t *new_items);

/* Every attribute of the catalogue: [{"name", "type", "filled", "values"}]. */
ee_status ee_attributes(ee_engine engine, char *buffer, int64_t capacity, int64_t *needed);

/* What the catalogue says of an item, as people write it: {"name": "value"}; {} where it says nothing. Keys
 * are text, decimal in int64 stores. */
ee_status ee_item_attributes(ee_engine engine, const char *item, int64_t item_length, char *buffer,
                             int64_t capacity, int64_t *needed);

/* ---- Training ------------------------------------------------------------------------------------------ */

typedef struct ee_train_options {
    uint32_t struct_size;
    int32_t preset;           /* EE_PRESET_*; default balanced */
    ee_text name;             /* name of the version; not given = v and its number */
    const ee_text *settings;  /* "key=value", for example "dimensions=64" */
    int32_t setting_count;
    int32_t threads;          /* 0 = all */
    uint64_t seed;            /* default 42 */
    int64_t until_ms;         /* sessions from this time on measure the version; used if has_until_ms */
    int32_t has_until_ms;
    int32_t deterministic;    /* equal input, seed and options give equal bytes */
    int32_t publish;          /* default 1: becomes the active version */
    int32_t measure_sessions; /* held-out sessions evaluated at most; default 10000, 0 = all */
    int32_t gate;             /* EE_GATE_*; default none */
    int32_t reserved;
} ee_train_options;

ee_status ee_train_options_init(ee_train_options *options);

/* Trains, measures and publishes a version. version may be NULL; ee_last_result has its metrics. With a gate
 * a version that is worse than the active one is made and not published, which is no error: ee_last_result
 * has "active": false and "gate": {"against", "passed", "reasons", "method", "metric", "sessions", "cases",
 * "new", "active", "difference", "difference_ci", "neighbor_overlap", "lost_share"}. */
ee_status ee_train(ee_engine engine, const ee_train_options *options, ee_progress progress,
                   void *user_data, int64_t *version);

typedef struct ee_evaluate_options {
    uint32_t struct_size;
    int32_t protocol;                      /* EE_PROTOCOL_* */
    ee_text test;                          /* test file; not given = the figures that ee_train measured */
    const ee_import_options *test_options; /* how it is read; NULL = defaults */
    int32_t k;                             /* 1 to 1000, default 20 */
    int32_t max_sessions;                  /* 0 = all */
    int32_t threads;                       /* 0 = all */
    uint32_t sources;                      /* bits 1 << EE_SOURCE_*; 0 = all the version has */
    uint64_t seed;                         /* default 42 */
    int64_t compare_with;                  /* a version to compare with on the same cases; 0 = none */
    int32_t max_history;                   /* known events kept of a history; 0 = all; needs test */
    int32_t record;                        /* non-zero keeps the figures in the store with the version: needs
                                            * test and the writer lock */
    int32_t history;                       /* EE_HISTORY_*: what a request knows of its user; needs test */
    float explore;                         /* 0 to 1: also measures hybrid with so much exploration, against
                                            * itself without; needs test */
} ee_evaluate_options;

ee_status ee_evaluate_options_init(ee_evaluate_options *options);

/* Measures the active version. The report is the engine's last result: copying it out does not measure
 * again. */
ee_status ee_evaluate(ee_engine engine, const ee_evaluate_options *options, ee_progress progress,
                      void *user_data);

typedef struct ee_inspect_options {
    uint32_t struct_size;
    int32_t source;                        /* EE_SOURCE_*; default hybrid */
    ee_text session;                       /* key of the session; not given = a random one */
    ee_text test;                          /* file to take it from; not given = the log */
    const ee_import_options *test_options; /* how it is read; NULL = defaults */
    int32_t k;                             /* 1 to 1000, default 20 */
    int32_t steps;                         /* at most, from the first; 0 = all */
    uint64_t seed;                         /* draws the random session; default 42 */
} ee_inspect_options;

ee_status ee_inspect_options_init(ee_inspect_options *options);

/* Replays a session step by step: what was known, what came next, its rank in every source, what was
 * recommended and why. ee_last_result has it. */
ee_status ee_inspect(ee_engine engine, const ee_inspect_options *options, ee_progress progress,
                     void *user_data);

/* JSON of the engine handle's last ee_import, ee_import_columns, ee_train, ee_evaluate, ee_inspect,
 * ee_explore, ee_verify, ee_collect, ee_compact, ee_forget, ee_import_vectors, ee_backup, ee_drift or
 * ee_health that succeeded; "" before. Of concurrent long calls on one handle the one that ends last is kept:
 * give each thread a handle of its own (opening is cheap). */
ee_status ee_last_result(ee_engine engine, char *buffer, int64_t capacity, int64_t *needed);

/* ---- Versions ----------------------------------------------------------------------------------------- */

/* JSON array of all versions, oldest first. */
ee_status ee_versions(ee_engine engine, char *buffer, int64_t capacity, int64_t *needed);

/* A version's manifest; version 0 = the active one. */
ee_status ee_manifest(ee_engine engine, int64_t version, char *buffer, int64_t capacity, int64_t *needed);

ee_status ee_info(ee_engine engine, char *buffer, int64_t capacity, int64_t *needed);

/* Makes a version the active one, in one transaction. */
ee_status ee_publish(ee_engine engine, int64_t version);

/* Goes back to `to`, or with 0 to the parent of the active version. version (may be NULL): the one now
 * active. */
ee_status ee_rollback(ee_engine engine, int64_t to, int64_t *version);

/* Looks whether another version is active now; changed (may be NULL) is 1 then. Opened models stay as they
 * are. */
ee_status ee_refresh(ee_engine engine, int32_t *changed);

/* ---- Maintenance -------------------------------------------------------------------------------------- */

/* Gives a version a second name, or moves it. Aliased versions are never collected. */
ee_status ee_set_alias(ee_engine engine, const char *alias, int64_t alias_length, int64_t version);
ee_status ee_remove_alias(ee_engine engine, const char *alias, int64_t alias_length);
ee_status ee_aliases(ee_engine engine, char *buffer, int64_t capacity, int64_t *needed);

/* The version that a number, an alias or a version's name stands for. */
ee_status ee_resolve_version(ee_engine engine, const char *name, int64_t name_length, int64_t *version);

/* What differs between two versions' manifests. */
ee_status ee_diff(ee_engine engine, int64_t a, int64_t b, char *buffer, int64_t capacity, int64_t *needed);

/* A version, its parent, and so on. */
ee_status ee_lineage(ee_engine engine, int64_t version, char *buffer, int64_t capacity, int64_t *needed);

/* Removes versions that are not active, not aliased, not among the newest `keep` and open in no process.
 * collected (may be NULL): how many went; ee_last_result has which. */
ee_status ee_collect(ee_engine engine, int32_t keep, int64_t *collected);

/* Checks every file; full non-zero reads every byte. faults: how many were found; ee_last_result has them. */
ee_status ee_verify(ee_engine engine, int32_t full, ee_progress progress, void *user_data,
                    int64_t *faults);

/* Compares two versions; from 0 = the parent of to, to 0 = the active one. drifted (may be NULL): 1 where any
 * measure is beyond chance. ee_last_result has {"from", "to", "kl", "js", "psi", "null": {"kl": [low, high],
 * "js", "psi", "method"}, "vector_drift", "neighbor_overlap", "drifted", "alarms": [{"measure", "value",
 * "threshold", "sentence"}], "spaces", "features", "moved", "from_events", "to_events", "new_share",
 * "lost_share"}. Changes nothing. */
ee_status ee_drift(ee_engine engine, int64_t from, int64_t to, ee_progress progress, void *user_data,
                   int32_t *drifted);

/* Measures what goes wrong with a store in silence. ok (may be NULL): 1 where every check passes.
 * ee_last_result has {"ok", "version", "checks": [{"name", "measure", "value", "threshold", "source", "ok",
 * "remedy"}], "retrain": {"advised", "reasons", "causes"}}. Changes nothing. */
ee_status ee_health(ee_engine engine, ee_progress progress, void *user_data, int32_t *ok);

/* Copies the store into a new or empty directory while it is read and written: a store of one moment, whole.
 * It appears under its name when all of it is on the disk; ee_last_result has what was copied. */
ee_status ee_backup(ee_engine engine, const char *directory, int64_t directory_length, ee_progress progress,
                    void *user_data);

/* Brings a store of an older format up to this library's; the first write does it too. from, to (may be
 * NULL): its format before and after. Libraries that only know the older one refuse the store afterwards. */
ee_status ee_upgrade(ee_engine engine, int32_t *from, int32_t *to);

/* ---- Live events and the log -------------------------------------------------------------------------- */

/* Logs one event as it happens, in microseconds, from any thread and any number of processes; never waits for
 * a writer. Keys are text, decimal in int64 stores. time_ms 0 = now. The event is the operating system's when
 * this returns (the death of the process does not lose it); the next ee_import or ee_train takes it up. */
ee_status ee_observe(ee_engine engine, const char *user, int64_t user_length, const char *item,
                     int64_t item_length, const char *action, int64_t action_length, int64_t time_ms);

/* Whether the store has an action of that name or alias. ee_observe takes others too: such an event keeps its
 * action's name and counts 1. */
ee_status ee_knows_action(ee_engine engine, const char *action, int64_t action_length, int32_t *known);

/* Makes what this handle observed survive a power cut. */
ee_status ee_flush_observed(ee_engine engine);

/* Rewrites the log into as few segments as it can. retention_ms >= 0: events further back than this from the
 * newest one go; -1 keeps all. ee_last_result has what it did. */
ee_status ee_compact(ee_engine engine, int64_t retention_ms, ee_progress progress, void *user_data);

enum { EE_FORGET_USER = 0, EE_FORGET_ITEM = 1 };

/* Removes a user's sessions or an item's events from the log, and its key from the dictionary. Versions made
 * before are listed in ee_last_result: train and collect to be rid of what they learned. */
ee_status ee_forget(ee_engine engine, int32_t what, const char *key, int64_t key_length, ee_progress progress,
                    void *user_data);

/* ---- Models ------------------------------------------------------------------------------------------- */

/* Opens a version, in time that does not depend on its size; 0 = the active one, or, if that is damaged,
 * the newest that opens (ee_info has the problem). */
ee_status ee_model_open(ee_engine engine, int64_t version, ee_model *model);
ee_status ee_model_close(ee_model model);

ee_status ee_model_version(ee_model model, int64_t *version);

/* The version's manifest: name, data, configuration, metrics, artifacts. Also of a bundle. */
ee_status ee_model_manifest(ee_model model, char *buffer, int64_t capacity, int64_t *needed);

/* JSON array of the names of its vector spaces: the trained one, then imported ones by name. */
ee_status ee_spaces(ee_model model, char *buffer, int64_t capacity, int64_t *needed);
ee_status ee_item_count(ee_model model, int64_t *count);

/* EE_KEYS_INT64 or EE_KEYS_TEXT. */
ee_status ee_key_kind(ee_model model, int32_t *kind);

/* JSON of the model handle's last ee_export, ee_write_bundle or ee_recommend_file that succeeded; ""
 * before. */
ee_status ee_model_last_result(ee_model model, char *buffer, int64_t capacity, int64_t *needed);

/* ---- Files -------------------------------------------------------------------------------------------- */

typedef struct ee_export_options {
    uint32_t struct_size;
    int32_t kind;        /* EE_EXPORT_*; default vectors */
    int32_t format;      /* vectors: npy, w2v, jsonl; manifest: json; the others: csv, jsonl */
    int32_t out_vectors; /* vectors: non-zero the raw OUT rows, else the unit IN rows */
    ee_text space;       /* vectors: not given = the first */
    double shift;        /* ppmi: its logarithm is taken off, at least 1; 0 = the version's svd_shift */
    int32_t window;      /* cooccurrence, ppmi: events to each side, 1 to 1000; 0 = its svd_window */
} ee_export_options;

ee_status ee_export_options_init(ee_export_options *options);

/* Writes what a version holds as a file of other programs. It appears under its name when whole, and replaces
 * one of that name; ee_model_last_result names the files. */
ee_status ee_export(ee_model model, const char *path, int64_t path_length, const ee_export_options *options,
                    ee_progress progress, void *user_data);

/* The same of the version that answers, and what is counted in the store's log over its items: item_id,
 * neighbor_id, count or ppmi, a pair in both orders. ee_last_result has what was written; rows are pairs. */
ee_status ee_engine_export(ee_engine engine, const char *path, int64_t path_length,
                           const ee_export_options *options, ee_progress progress, void *user_data);

typedef struct ee_vector_import_options {
    uint32_t struct_size;
    int32_t format;        /* EE_FILE_AUTO, _NPY, _W2V, _JSONL or _SAFETENSORS */
    ee_text space;         /* must be given: 1 to 64 letters, digits, '_', '-' and '.', not a trained one's */
    ee_text ids_path;      /* keys of a .npy or safetensors file; not given = FILE.ids.npy or FILE.ids.txt */
    ee_text name;          /* of the new version; not given = v and its number */
    int64_t max_errors;    /* default 1000: one more bad row ends it with nothing published */
    int32_t allow_unknown; /* non-zero passes over rows of items that neither log nor catalogue knows */
    int32_t publish;       /* default 1: becomes the active version */
    int32_t threads;       /* 0 = all */
    int32_t m;             /* the index: 2 to 256, default 32 */
    int32_t ef_construction; /* 1 to 65536, default 200 */
    int32_t ef_search;     /* 1 to 1048576, default 64 */
    uint64_t seed;         /* default 1 */
    ee_text vectors_column; /* tensor of a safetensors file, or column; not given = the only one */
    ee_text item;          /* I64 tensor, or column, of the keys; not given = found */
    int32_t add_items;     /* non-zero makes items of those that neither log nor catalogue knows */
    int32_t reserved;
} ee_vector_import_options;

ee_status ee_vector_import_options_init(ee_vector_import_options *options);

/* Makes a new version: a copy of the active one with the vectors of a file as a further space, and an index
 * (cosine) over them. Vectors of items that it has no row for, and log or catalogue know, are kept with it:
 * the next training makes these items of its version. Trainings take the space over. version (may be NULL):
 * its number; ee_last_result has {"version", "space", "dimensions", "items", "missing", "waiting",
 * "new_items", "unknown", "rejected", "first_errors"}. */
ee_status ee_import_vectors(ee_engine engine, const char *path, int64_t path_length,
                            const ee_vector_import_options *options, ee_progress progress, void *user_data,
                            int64_t *version);

/* Vectors in memory, one row an item. Read during the call only. */
typedef struct ee_vector_columns {
    uint32_t struct_size; /* sizeof(ee_vector_columns) */
    int32_t dimensions;   /* 1 to 65536 */
    int64_t count;
    const int64_t *items; /* items or item_texts */
    ee_text_column item_texts;
    const float *vectors; /* count x dimensions, row after row */
} ee_vector_columns;

/* The same from arrays. */
ee_status ee_import_vector_columns(ee_engine engine, const ee_vector_columns *columns,
                                   const ee_vector_import_options *options, ee_progress progress,
                                   void *user_data, int64_t *version);

/* The same from a column of keys and one of lists of numbers of an Arrow stream, which is taken over as
 * ee_import_stream says. */
ee_status ee_import_vectors_stream(ee_engine engine, struct ArrowArrayStream *stream,
                                   const ee_vector_import_options *options, ee_progress progress,
                                   void *user_data, int64_t *version);

/* Writes a version as one file that answers without a store. spaces: vector spaces to take along; NULL = all,
 * a pointer with space_count 0 = none. ee_model_last_result has what was written. */
ee_status ee_write_bundle(ee_model model, const char *path, int64_t path_length, const ee_text *spaces,
                          int32_t space_count, ee_progress progress, void *user_data);

/* The same, compressed for transport: cannot be opened as it lies, ee_unpack_bundle gives the bundle back. */
ee_status ee_write_compressed_bundle(ee_model model, const char *path, int64_t path_length,
                                     const ee_text *spaces, int32_t space_count, ee_progress progress,
                                     void *user_data);

/* Unpacks a compressed bundle into the bundle it was made from, byte for byte, every byte checked before the
 * new file gets its name. version, bytes (may be NULL): of what was written. */
ee_status ee_unpack_bundle(const char *path, int64_t path_length, const char *target, int64_t target_length,
                           ee_progress progress, void *user_data, int64_t *version, int64_t *bytes);

/* Opens a bundle: no store, nothing unpacked. options->read_only says nothing here; the file must not change
 * while it is open. Close it with ee_model_close. */
ee_status ee_open_bundle(const char *path, int64_t path_length, const ee_open_options *options,
                         ee_model *model);

/* ---- Queries ------------------------------------------------------------------------------------------ */

/* One event of a session, 24 bytes. */
typedef struct ee_event {
    int64_t item;
    int64_t time_ms; /* 0 = not known */
    int32_t action;
    int32_t reserved;
} ee_event;

/* 16 bytes. */
typedef struct ee_recommended_item {
    int64_t item;
    float score;      /* larger is better; comparable within one answer */
    uint32_t sources; /* bits 1 << EE_SOURCE_*: who proposed it; EE_EXPLORED */
} ee_recommended_item;

/* A bit of ee_recommended_item.sources: the item has one of the places that explore gives away. */
#define EE_EXPLORED 0x80000000u

/* 32 bytes. */
typedef struct ee_recommend_result {
    int32_t count;    /* valid results */
    int32_t explored; /* those that are there to be explored */
    int64_t version;
    int32_t fallback; /* EE_FALLBACK_* */
    int32_t unknown_items;
    int32_t padded;   /* results filled up from popularity */
    float latency_us;
} ee_recommend_result;

/* An item that stands at a place of the answer. 16 bytes. */
typedef struct ee_pin {
    int64_t item;
    int32_t place;    /* from 1 on; past the end = further down, so not in the answer */
    int32_t reserved;
} ee_pin;

/* At most so many items of one value of an attribute: a text, number or boolean, or tags (any one tag). */
typedef struct ee_cap {
    ee_text name;
    int32_t most;     /* at least 1; items without a value are not counted */
    int32_t reserved;
} ee_cap;

typedef struct ee_recommend_options {
    uint32_t struct_size;
    int32_t source;     /* EE_SOURCE_*; default hybrid */
    int32_t seen;       /* EE_SEEN_*: items of the session; default keep */
    int32_t no_padding; /* non-zero leaves the answer short */
    int32_t max_per_category; /* at most this many items of one category; 0 = any number */
    float diversity;          /* 0 (default) to 1: how much each item is to differ from those before it */
    int32_t diversity_by;     /* EE_DIVERSITY_* */
    const int64_t *allow;     /* only these items; read during the call only, NULL = all */
    int64_t allow_count;
    const int64_t *deny;      /* never these items, nor as padding: what is out of stock */
    int64_t deny_count;
    const int32_t *allow_categories; /* only items of these categories, as ee_category numbers them */
    int64_t allow_categories_count;
    const int32_t *deny_categories;
    int64_t deny_categories_count;
    ee_filter filter;         /* only items that pass, of ee_filter_compile; 0 = all */
    const ee_filter *boosts;  /* factors, of ee_boost_compile, at most 64; docs/rules.md has the formula */
    int64_t boost_count;
    const ee_pin *pins;       /* one item a place, at most 1000; what the sets leave out is not answered */
    int64_t pin_count;
    ee_filter bury;           /* items that pass come after all others; 0 = none */
    const ee_cap *caps;       /* at most 16 */
    int64_t cap_count;
    ee_text weight_by;        /* (1 - weight) * relevance + weight * this number, time or boolean of items */
    float weight;             /* 0 to 1 */
    int32_t reserved;
    ee_text diversity_attribute; /* of EE_DIVERSITY_ATTRIBUTE, any type; else not given */
    float explore;            /* 0 (default) to 1: share of the places for items of little evidence, by
                               * Thompson sampling; docs/exploration.md */
    int32_t fallback_by_count; /* at most 16 */
    uint64_t explore_seed;    /* the same seed and session: the same answer; 0 = others every time */
    const ee_text *fallback_by; /* texts or tags by which a session is answered of which nothing is known but
                               * what the catalogue says; NULL = "category", then "brand" */
} ee_recommend_options;

ee_status ee_recommend_options_init(ee_recommend_options *options);

/* A condition on attributes of items, parsed once: "stock > 0 and price <= 50 and category in ('shoes',
 * 'bags') and not tags has 'adult'"; docs/filters.md has the language. For any number of requests, threads
 * and models, until it is freed; a request that runs is not disturbed by that. Names and types are checked by
 * the first request, against the catalogue. EE_E_INVALID_ARGUMENT: the message names the column. */
ee_status ee_filter_compile(const char *expression, int64_t expression_length, ee_filter *filter);
ee_status ee_filter_free(ee_filter filter);

/* A factor for the items that a filter lets through: "brand = 'own' * 1.2". A handle like that of a filter,
 * freed by ee_filter_free; one where the other is wanted is EE_E_INVALID_ARGUMENT. */
ee_status ee_boost_compile(const char *boost, int64_t boost_length, ee_filter *filter);

/* What comes after a session (oldest event first; may be empty). results holds k. */
ee_status ee_recommend(ee_model model, const ee_event *events, int64_t event_count,
                       const ee_recommend_options *options, ee_recommended_item *results, int32_t k,
                       ee_recommend_result *answer);

/* Session s is events[offsets[s]] up to events[offsets[s + 1]]; its answer is answers[s] and the results
 * from s * k on. */
ee_status ee_recommend_batch(ee_model model, const ee_event *events, const int64_t *offsets,
                             int64_t session_count, const ee_recommend_options *options,
                             ee_recommended_item *results, int32_t k, ee_recommend_result *answers);

/* Why an item was recommended, 16 bytes. */
typedef struct ee_reason {
    int64_t because; /* the session item that alone proposes it best */
    int32_t event;   /* its index in the session; -1 = no single item does, and because means nothing;
                      * -2 = it is of the user's earlier sessions (ee_explain_user) */
    int32_t source;  /* EE_SOURCE_*: by which it does */
} ee_reason;

/* Reasons of what ee_recommend answered for a session: reasons[i] is that of items[i]. Asks the sources
 * again, item by item of the session: for people who read it, not for every request. */
ee_status ee_explain(ee_model model, const ee_event *events, int64_t event_count,
                     const ee_recommended_item *items, int64_t item_count, ee_reason *reasons);

/* What boosts, pins, bury and weight_by did to each item of an answer: ee_model_last_result has {"items":
 * [["boost brand = 'own' * 1.2", "pinned at 1", ...], ...], "ignored": ["pin of item 7 at 2: ..."]}, a list
 * for each item, and pins that had no effect. options: those of the request. For people who read it. */
ee_status ee_explain_rules(ee_model model, const ee_recommended_item *items, int64_t item_count,
                           const ee_recommend_options *options);

/* What was known of each explored item of an answer and what was drawn of it, as ee_explain_rules tells it:
 * "explored: evidence 3, taken 1, drawn 0.4012". user: as it was asked for, NULL = nobody. options: those of
 * the request; what was drawn is told where they have a seed. Of the answers of a batch only the evidence is
 * right: each has a seed of its own. */
ee_status ee_explain_explored(ee_model model, const char *user, int64_t user_length, const ee_event *events,
                              int64_t event_count, const ee_recommended_item *items, int64_t item_count,
                              const ee_recommend_options *options);

/* ---- Users -------------------------------------------------------------------------------------------- */

/* Users whose latest events the version keeps; 0 where its log named none. */
ee_status ee_user_count(ee_model model, int64_t *count);

/* As ee_recommend, for a user: the latest 100 events of earlier sessions are known beside the session (which
 * may be empty), with what the store has observed since the version was made. Where no item of the session
 * is known, the user's last one stands in. A user nobody knows is no error: answer->fallback says what
 * answered. Keys are text, decimal in int64 stores. */
ee_status ee_recommend_user(ee_model model, const char *user, int64_t user_length, const ee_event *events,
                            int64_t event_count, const ee_recommend_options *options,
                            ee_recommended_item *results, int32_t k, ee_recommend_result *answer);

/* Of many users: user u has the session events[offsets[u]] up to events[offsets[u + 1]] (offsets NULL = no
 * sessions), its answer is answers[u] and the results from u * k on. */
ee_status ee_recommend_user_batch(ee_model model, const ee_text *users, const ee_event *events,
                                  const int64_t *offsets, int64_t user_count,
                                  const ee_recommend_options *options, ee_recommended_item *results,
                                  int32_t k, ee_recommend_result *answers);

/* As ee_explain, of what ee_recommend_user answered: reasons may be items of the user's earlier sessions. */
ee_status ee_explain_user(ee_model model, const char *user, int64_t user_length, const ee_event *events,
                          int64_t event_count, const ee_recommended_item *items, int64_t item_count,
                          ee_reason *reasons);

/* A user's vector (length 1) and traits (sum 1), each where it is not NULL; dims and trait_count are how many
 * there are, 0 = the version makes none. kind: EE_USER_VECTOR_*. ee_model_last_result has {"user", "events",
 * "vector": {"dim", "norm", "version", "depends_on", "space", "kind"}, "traits", "fallback"}.
 * EE_E_BUFFER_TOO_SMALL: a capacity is below the count written. */
ee_status ee_profile(ee_model model, const char *user, int64_t user_length, int32_t kind, float *vector,
                     int32_t vector_capacity, int32_t *dims, float *traits, int32_t trait_capacity,
                     int32_t *trait_count);

/* How often a vector or a profile of a user was found as it was made before (for the same history; a vector
 * for six hours, a profile for a day), how often it was made anew, and how many are kept, since the model was
 * opened. */
ee_status ee_profile_cache(ee_model model, int64_t *hits, int64_t *misses, int64_t *count);

/* Items nearest to vectors of a space (NULL = the first), each of dims floats: a user's from ee_profile with
 * EE_SIDE_OUT, a mean of items, one made elsewhere. Vector v's results are those from v * k on, counts[v] of
 * them valid, never padded. of_version: the version that made the vectors, refused by others
 * (EE_E_VERSION_MISMATCH); 0 = not asked. Of options only the sets count. EE_E_INVALID_ARGUMENT: dims is not
 * the space's, or a number is not finite. */
ee_status ee_search(ee_model model, const float *vectors, int64_t vector_count, int32_t dims,
                    const char *space, int64_t space_length, int32_t side, int64_t of_version,
                    const ee_recommend_options *options, ee_recommended_item *results, int32_t k,
                    int32_t *counts);

/* The k users most like a user, by EE_LIKENESS_*, with vectors of kind EE_USER_VECTOR_*: compares all, for
 * people and nightly jobs. ee_model_last_result has {"customers": [{"user", "score"}]}. EE_E_UNKNOWN: the
 * version knows no users, or has no traits or vectors. */
ee_status ee_similar_users(ee_model model, const char *user, int64_t user_length, int32_t by, int32_t kind,
                           int32_t k);

/* Action-item tokens nearest to one, such as "cart_X", of a version trained with tokens=action_item.
 * ee_model_last_result has {"token", "tokens": [{"token", "score"}]}. EE_E_UNKNOWN: no such token. */
ee_status ee_similar_tokens(ee_model model, const char *token, int64_t token_length, int32_t k);

/* The traits of the active version, to be read: ee_last_result has {"k", "customers", "stability", "traits":
 * [{"index", "name", "share", "tokens", "items", "categories", "customers"}]}. EE_E_UNKNOWN: it has none. */
ee_status ee_traits(ee_engine engine);

/* What is in the log; needs no training and writes nothing. live non-zero: what was observed and is not
 * taken up yet counts too. ee_last_result has {"events", "sessions", "items", "users", "first_ms", "last_ms",
 * "actions", "never", "funnel", "session_length", "items_per_session", "sessions_per_user",
 * "item_frequency", "long_tail", "daily", "hourly", "left_out", "notes", ...}; docs/explore.md says what each
 * counts. What a log cannot tell (times, users) is null. */
ee_status ee_explore(ee_engine engine, int32_t live, ee_progress progress, void *user_data);

/* Folds the events since the active version was made into a new one without training: counts and histories
 * are made anew, vectors and rankers are the old ones. customers_only: only histories, profiles and vectors
 * of users. Publishes it; ee_last_result has {"version", "parent", "new_events", "unknown_item_events",
 * "users", "renewed", "seconds"}. */
ee_status ee_refresh_version(ee_engine engine, int32_t customers_only, int32_t threads, ee_progress progress,
                             void *user_data);

/* ---- Baskets, popularity, files ------------------------------------------------------------------------ */

/* What is bought with a basket: by orders that went together where the version has them and they know the
 * basket, else by co-visitation; source says which. count of results are valid; never padded. EE_E_UNKNOWN:
 * no item of the basket is known. */
ee_status ee_bought_together(ee_model model, const int64_t *items, int64_t item_count,
                             ee_recommended_item *results, int32_t k, int32_t *count, int32_t *source);

/* As ee_bought_together among the items that the sets and the filter of options let through. */
ee_status ee_bought_together_by_rules(ee_model model, const int64_t *items, int64_t item_count,
                                      const ee_recommend_options *options, ee_recommended_item *results,
                                      int32_t k, int32_t *count, int32_t *source);

/* The most popular items of the last window_days (0 = all time, else 1, 7 or 28; back from the log's newest
 * event), by one action (a name or an alias; NULL = all), best first: sum of the action's weight *
 * exp(-0.01 * days of age). count of results are valid; never padded, 0 for an action that does not occur.
 * EE_E_UNKNOWN: no such action, or a version made before popularity was kept by window and action. */
ee_status ee_popular(ee_model model, int32_t window_days, const char *action, int64_t action_length,
                     ee_recommended_item *results, int32_t k, int32_t *count);

typedef struct ee_recommend_file_options {
    uint32_t struct_size;
    int32_t k;                           /* 1 to 100000, default 20 */
    const ee_recommend_options *request; /* of every request; NULL = defaults */
    int64_t max_errors;                  /* default 1000: one more bad line ends it with nothing written */
    int32_t explain;                     /* non-zero: sources and reasons of each item */
    int32_t threads;                     /* 0 = all */
} ee_recommend_file_options;

ee_status ee_recommend_file_options_init(ee_recommend_file_options *options);

/* Answers every session of a JSONL file, side by side, in the order of its lines. In: {"session":[...]}, or
 * "items", or OTTO's "events"; an event is a key or {"item","action","time_ms"}. Out: {"items":[{"item",
 * "score"}],"model_version",...} after the line's own session_id, session, id or user; a line that cannot be
 * read becomes {"line","error","items":[]}. The file appears under its name when whole. ee_model_last_result:
 * {"out","version","sessions","rejected","first_errors","seconds"}. */
ee_status ee_recommend_file(ee_model model, const char *input, int64_t input_length, const char *output,
                            int64_t output_length, const ee_recommend_file_options *options,
                            ee_progress progress, void *user_data);

/* Items nearest to an item; itself is left out. space NULL = the first, and content where the item has no
 * vector there but the catalogue says what it is. An unknown item is EE_E_UNKNOWN. */
ee_status ee_similar(ee_model model, int64_t item, const char *space, int64_t space_length,
                     ee_recommended_item *results, int32_t k, int32_t *count);

/* As ee_similar among the items that the sets and the filter of options let through; of options only they
 * count. */
ee_status ee_similar_by_rules(ee_model model, int64_t item, const char *space, int64_t space_length,
                              const ee_recommend_options *options, ee_recommended_item *results, int32_t k,
                              int32_t *count);

/* Item i's results are from i * k on, counts[i] of them; counts[i] is -1 for an unknown item. */
ee_status ee_similar_batch(ee_model model, const int64_t *items, int64_t item_count, const char *space,
                           int64_t space_length, ee_recommended_item *results, int32_t k, int32_t *counts);

/* Vectors as they lie in memory: row r begins at data + r * stride_floats. Read-only: writing there ends
 * the process. */
typedef struct ee_vectors_view {
    const float *data; /* valid until the model is closed; 64-byte aligned */
    int64_t rows;
    int32_t dimensions;
    int32_t stride_floats;
} ee_vectors_view;

/* out_vectors 0: the IN vectors, of length 1: what an item is. Otherwise the OUT vectors, raw: what follows
 * an item, as score(next) = sum of IN(seen) . OUT(next). space NULL = the first. */
ee_status ee_vectors(ee_model model, const char *space, int64_t space_length, int32_t out_vectors,
                     ee_vectors_view *view);

/* Items of rows; rows NULL = rows 0 to count - 1. A row out of range is EE_E_INVALID_ARGUMENT. */
ee_status ee_items(ee_model model, const int32_t *rows, int64_t count, int64_t *items);

/* Rows of items; -1 where the version does not know one. */
ee_status ee_rows(ee_model model, const int64_t *items, int64_t count, int32_t *rows);

/* ---- Keys and actions --------------------------------------------------------------------------------- */

/* Text keys (key i is bytes[offsets[i]] up to bytes[offsets[i + 1]]) to items; found[i] is 0 or 1. Text
 * stores only. */
ee_status ee_keys_to_items(ee_model model, const char *bytes, const int64_t *offsets, int64_t count,
                           int64_t *items, uint8_t *found);

/* Text key of an item. Text stores only. */
ee_status ee_item_key(ee_model model, int64_t item, char *buffer, int64_t capacity, int64_t *needed);

/* Text keys of items, end to end without terminators: offsets receives count + 1 and is filled whatever the
 * capacity. */
ee_status ee_item_keys(ee_model model, const int64_t *items, int64_t count, int64_t *offsets, char *buffer,
                       int64_t capacity, int64_t *needed);

/* Number of a category in this version. EE_E_UNKNOWN: it has none of that name. */
ee_status ee_category(ee_model model, const char *name, int64_t name_length, int32_t *category);

/* Category of an item; "" where it has none. */
ee_status ee_item_category(ee_model model, int64_t item, char *buffer, int64_t capacity, int64_t *needed);

/* Code of an action name: "clicks", "carts", "orders", the store's own names and their aliases. */
ee_status ee_action_code(ee_model model, const char *name, int64_t name_length, int32_t *code);

#ifdef __cplusplus
}
#endif

#endif
