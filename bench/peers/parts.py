"""The comparisons, one function each: what is run, which figures are held against which, what must be equal.
Goals and floors are ratios, except where a measure says it is a limit. A part returns {"runs": raw figures,
"measures": […], "quality": […]}. Factorisations run on one thread a side: they are held to CPU seconds, and a
second thread of BLAS spins more than it works."""
import os

import figures
from runner import PYTHON, Failed, find


def measure(name, unit, better, ours, theirs, goal=None, floor=None, peer=""):
    """One line of the table, from one figure a run and side."""
    ratio = figures.paired(ours, theirs, better)
    return {"name": name, "unit": unit, "better": better, "ours": figures.median(ours),
            "theirs": figures.median(theirs), "peer": peer,
            **ratio, "goal": goal, "floor": floor, "verdict": figures.verdict(ratio["ratio"], goal, floor)}


def limit(name, unit, ours, goal, floor):
    """A figure that must not be above a limit; its ratio is goal / ours."""
    value = figures.median(ours)
    return {"name": name, "unit": unit, "better": "less", "ours": value, "theirs": None, "peer": "limit",
            "ratio": goal / value,
            "min": goal / max(ours), "max": goal / min(ours), "goal": 1, "floor": goal / floor,
            "verdict": figures.verdict(goal / value, 1, goal / floor)}


def quality(name, ours, theirs, holds):
    return {"name": name, "ours": ours, "theirs": theirs, "holds": bool(holds)}


def column(runs, side, key):
    return [run[side][key] for run in runs]


def events(r):
    return r.make("s5m.jsonl", PYTHON, r.script("gen.py"), "--events", "5000000", "--items", "50000", "--out",
                  r.path("s5m.jsonl"))


def tokens(r):
    return r.make("t5m.txt", PYTHON, r.script("to_tokens.py"), events(r), r.path("t5m.txt"), "--holdout",
                  "20")


def gensim(r, prefix):
    return find(r.peer("sgns_gensim.py", tokens(r), "--out", prefix, "--workers", str(r.threads)),
                peer="gensim-file")


def sgns(r):
    source, text = events(r), tokens(r)
    command = ["bench", "sgns", "--input", text, "--dim", "64", "--window", "5", "--negative", "5",
               "--min-count", "5", "--sample",
               "1e-3", "--alpha", ".025", "--epochs", "5", "--seed", str(r.seed)]
    runs = []
    for _ in range(r.repeat):
        run = {"ours": r.ours(*command, "--threads", str(r.threads), "--out", r.path("e5m"))}
        run["theirs"] = gensim(r, r.path("g5m"))
        run["deterministic"] = r.ours(*command, "--threads", str(r.threads), "--deterministic", "--out",
                                      r.path("d5m"))
        run["one"] = r.ours(*command, "--threads", "1", "--out", r.path("o5m"))
        runs.append(run)
    recall = {v: r.peer("evalvec.py", source, "--vec", r.path(v))[0]["recall20"]
              for v in ("e5m", "d5m", "g5m")}
    theirs = column(runs, "theirs", "tokens_per_cpu_s")
    return {"runs": runs, "measures": [
        measure("skip-gram, fast", "tokens per CPU second", "more", column(runs, "ours", "tokens_per_cpu_s"),
                theirs, 10, 6, "gensim"),
        measure("skip-gram, fast", "tokens per second", "more", column(runs, "ours", "tokens_per_s"),
                column(runs, "theirs", "tokens_per_s"), peer="gensim"),
        measure("skip-gram, deterministic", "tokens per CPU second", "more",
                column(runs, "deterministic", "tokens_per_cpu_s"), theirs,
                5, 2.5, "gensim"),
        measure(f"skip-gram, {r.threads} threads", "tokens per second", "more",
                column(runs, "ours", "tokens_per_s"),
                column(runs, "one", "tokens_per_s"), 1.9, 1.7, "ourselves, 1 thread")],
        "quality": [quality("next-item recall@20, fast", recall["e5m"], recall["g5m"],
                            recall["e5m"] >= recall["g5m"] - .003),
                    quality("next-item recall@20, deterministic", recall["d5m"], recall["g5m"],
                            recall["d5m"] >= recall["g5m"] - .003)]}


def svd(r):
    source, runs = events(r), []
    for _ in range(r.repeat):
        ours = r.ours("bench", "svd", "--input", source, "--window", "5", "--k", "64", "--threads", "1")
        lines = r.peer("svd.py", source, "--solver", "arpack", threads=1)
        counted, solved = find(lines, op="ppmi"), find(lines, peer="scipy-svds-arpack")
        ours["prepare_cpu_s"] = ours["count_cpu_s"] + ours["ppmi_cpu_s"]
        counted["prepare_cpu_s"] = counted["count_cpu_s"] + counted["ppmi_cpu_s"]
        runs.append({"ours": ours, "theirs": {**counted, **solved, "peak_rss_mb": solved["peak_rss_mb"]}})
    ours, theirs = runs[0]["ours"], runs[0]["theirs"]
    return {"runs": runs, "measures": [
        measure("SVD, k 64", "CPU seconds", "less", column(runs, "ours", "svd_cpu_s"),
                column(runs, "theirs", "cpu_s"), 2, 1.25, "ARPACK"),
        measure("counting and PPMI", "CPU seconds", "less", column(runs, "ours", "prepare_cpu_s"),
                column(runs, "theirs", "prepare_cpu_s"), 3, None, "NumPy")],
        "quality": [quality("sum of squared singular values", ours["sum_sq"], theirs["sum_sq"],
                            ours["sum_sq"] >= .9995 * theirs["sum_sq"]),
                    quality("entries of the matrix", ours["nnz"], theirs["nnz_ppmi"],
                            ours["nnz"] == theirs["nnz_ppmi"])]}


def nmf(r):
    dense = r.make("nn.npy", PYTHON, r.script("gen_vectors.py"), "nonneg", r.path("nn"), "--n", "100000",
                   "--d", "64")
    norm = frobenius(dense)
    runs = []
    for _ in range(r.repeat):
        run = {"theirs": find(r.peer("nmf.py", dense, "--threads", "1", threads=1), peer="sklearn-nmf-cd")}
        run["ours"] = to_error(r, dense, run["theirs"]["error"] / norm)
        run["own_stop"] = r.ours("bench", "nmf", "--input", dense, "--k", "16", "--threads", "1", "--out",
                                 r.path("nn.nmf"))
        run["sparse_theirs"] = r.peer(r.own_script("nmf_sparse.py"), events(r), "--peers", r.peers,
                                      "--threads", "1", threads=1)[0]
        target = run["sparse_theirs"]["error"] / run["sparse_theirs"]["norm"]
        run["sparse_ours"] = to_error(r, events(r), target)
        run["nnls"] = r.peer(r.own_script("nnls_scipy.py"), dense, r.path("nn.nmf"), threads=1)[0]
        runs.append(run)
    last = runs[-1]
    nnls = column(runs, "own_stop", "nnls_us_per_row")
    return {"runs": runs, "measures": [
        measure("NMF, k 16, dense, to the same error", "CPU seconds", "less", column(runs, "ours", "cpu_s"),
                column(runs, "theirs", "cpu_s"), 5, 2.5, "scikit-learn cd"),
        measure("NMF, k 16, sparse, to the same error", "CPU seconds", "less",
                column(runs, "sparse_ours", "cpu_s"),
                column(runs, "sparse_theirs", "cpu_s"), 5, 2.5, "scikit-learn cd"),
        measure("NNLS, k 16, 1 thread", "µs a row", "less", nnls, column(runs, "nnls", "us_per_row"),
                peer="scipy"),
        limit("NNLS, k 16, 1 thread", "µs a row", nnls, 3, 8)],
        "quality": [quality("relative error, dense", last["ours"]["relative_error"],
                            last["theirs"]["error"] / norm,
                            last["ours"]["converged"]),
                    quality("relative error, sparse", last["sparse_ours"]["relative_error"],
                            last["sparse_theirs"]["relative_error"],
                            last["sparse_ours"]["converged"]),
                    quality("NNLS, largest difference from scipy", last["nnls"]["largest_difference"], 1e-5,
                            last["nnls"]["largest_difference"] <= 1e-5)]}


def frobenius(path):
    import numpy
    return float(numpy.linalg.norm(numpy.load(path).astype(numpy.float64)))


def to_error(r, source, error):
    """Ours until the peer's error is reached."""
    return r.ours("bench", "nmf", "--input", source, "--k", "16", "--max-iter", "2000", "--tol", "0",
                  "--target-error",
                  f"{figures.error_target(error):.8f}", "--threads", "1")


def covis(r):
    source, runs = events(r), []
    for _ in range(r.repeat):
        ours = r.ours("bench", "covis", "--input", source, "--threads", str(r.threads), "--rule", "classic")
        lines = r.run("node", r.script("covis_duckdb.mjs"), source, "--threads", r.threads)
        ingest, pairs, popular = (find(lines, op=op) for op in ("ingest", "covis", "popularity"))
        ours["tables_cpu_s"] = ours["covis_cpu_s"] + ours["popularity_cpu_s"]
        runs.append({"ours": ours, "theirs": {
            "import_cpu_s": ingest["cpu_s"], "tables_cpu_s": pairs["cpu_s"] + popular["cpu_s"],
            "import_s": ingest["wall_s"], "tables_s": pairs["wall_s"] + popular["wall_s"],
            "rows": pairs["rows"], "weight_sum": pairs["weight_sum"],
            "peak_rss_mb": popular["peak_rss_mb"]}})
    ours, theirs = runs[-1]["ours"], runs[-1]["theirs"]
    return {"runs": runs, "measures": [
        measure("import of 5 M events, JSONL", "CPU seconds", "less", column(runs, "ours", "import_cpu_s"),
                column(runs, "theirs", "import_cpu_s"), 2, 1.2, "DuckDB"),
        measure("co-visitation and popularity", "CPU seconds", "less", column(runs, "ours", "tables_cpu_s"),
                column(runs, "theirs", "tables_cpu_s"), 4, 2, "DuckDB"),
        measure("peak memory", "MB", "less", column(runs, "ours", "peak_rss_mb"),
                column(runs, "theirs", "peak_rss_mb"), 2, None,
                "DuckDB")],
        "quality": [quality("rows", ours["rows"], theirs["rows"], ours["rows"] == theirs["rows"]),
                    quality("sum of weights", ours["weight_sum"], theirs["weight_sum"],
                            abs(ours["weight_sum"] - theirs["weight_sum"]) <= 1e-6 * theirs["weight_sum"])]}


def walks(r):
    source, runs = events(r), []
    for _ in range(r.repeat):
        ours = r.ours("bench", "walks", "--input", source, "--threads", str(r.threads), "--seed", str(r.seed),
                      "--out", r.path("w.txt"))
        runs.append({"ours": ours, "theirs": r.peer("walks.py", source, r.path("wp.txt"))[0]})
    ours, theirs = runs[-1]["ours"], runs[-1]["theirs"]
    return {"runs": runs, "measures": [
        measure("random walks", "steps per CPU second", "more", column(runs, "ours", "steps_per_cpu_s"),
                column(runs, "theirs", "steps_per_cpu_s"), 10, 5, "NumPy"),
        measure("item graph", "CPU seconds", "less", column(runs, "ours", "graph_cpu_s"),
                column(runs, "theirs", "graph_cpu_s"),
                peer="SciPy")],
        "quality": [quality("steps", ours["steps"], theirs["steps"], ours["steps"] == theirs["steps"]),
                    quality("items of the graph", ours["nodes"], theirs["nodes"],
                            ours["nodes"] == theirs["nodes"])]}


def recommend(r):
    source = events(r)
    train, test = r.path("s5m.train.jsonl"), r.path("s5m.test.jsonl")
    if not os.path.exists(test):
        split(source, train, test)
    store, vectors = r.path("s5m.ee"), r.path("g5m")
    if not os.path.exists(vectors + ".npy"):
        gensim(r, vectors)
    if not os.path.isdir(store):
        r.ours("import", store, train)
        r.ours("train", store, "--preset", "fast", "--threads", str(r.threads))
    runs = []
    for _ in range(r.repeat):
        ours = r.ours("bench", "recommend", store, "--test", test, "--max-requests", "5000", "--source",
                      "hybrid_default")
        lines = r.peer("hybrid_py.py", source, "--vec", vectors, threads=1)
        learned = r.ours("bench", "recommend", store, "--test", test, "--max-requests", "5000", "--source",
                         "hybrid")
        runs.append({"ours": ours, "hybrid": learned, "theirs": find(lines, strategy="hybrid")})
    last = runs[-1]["ours"]
    return {"runs": runs, "measures": [
        limit("recommend, hybrid_default, p50", "µs", column(runs, "ours", "p50_us"), 30, 60),
        limit("recommend, hybrid_default, p99", "µs", column(runs, "ours", "p99_us"), 150, 300),
        measure("recommend, hybrid_default, p50", "µs", "less", column(runs, "ours", "p50_us"),
                column(runs, "theirs", "p50_us"),
                peer="Python and hnswlib"),
        measure("recommend, hybrid (learned), p50", "µs", "less", column(runs, "hybrid", "p50_us"),
                column(runs, "theirs", "p50_us"),
                peer="Python and hnswlib, its fixed fusion")],
        "quality": [quality("bytes allocated by all requests", last["allocated_bytes"], 0,
                            last["allocated_bytes"] == 0),
                    quality("recall of the index (none: it is scanned)", last.get("ann_recall"), .95,
                            last.get("ann_recall", 1) >= .95)]}


def users(r):
    """Requests with histories against sessions alone; no peer has both. The seed is one whose gate lets the
    ranker of users in on this log: without it there is little to pay for."""
    folder = os.environ.get("EMBEDENGINE_DATA") or os.path.join(os.path.dirname(r.peers), "data")
    log, store = os.path.join(folder, "deskdrop.csv.gz"), r.path("deskdrop.ee")
    if not os.path.exists(log):
        raise Failed("deskdrop.csv.gz is not there: EMBEDENGINE_DATA names its folder")
    if not os.path.isdir(store):
        r.ours("import", store, log)
        r.ours("train", store, "--deterministic", "--seed", "2")
    runs = [{"ours": r.ours("bench", "users", store, "--users", "10000000")} for _ in range(r.repeat)]
    last = runs[-1]["ours"]
    share = last.get("touched_bytes", 0) / last["history_bytes"]
    return {"runs": runs, "measures": [
        limit(f"a request of a user ({last['served_user']}) by one of the session alone ({last['served']}), "
              "p50", "×", column(runs, "ours", "ratio"), 1.2, 1.5),
        limit("observe, a model following, p50", "µs", column(runs, "ours", "observe_p50_us"), 20, 40),
        limit("observe, a model following, p99", "µs", column(runs, "ours", "observe_p99_us"), 100, 200),
        limit("histories of 10 M users, opened", "ms", column(runs, "ours", "open_ms"), 10, 20),
        limit("histories of 10 M users, opened from the disk", "ms",
              column(runs, "ours", "open_cold_ms"), 10, 20)],
        "quality": [quality("bytes allocated by all requests", last["allocated_bytes"], 0,
                            last["allocated_bytes"] == 0),
                    quality("share of the histories' bytes touched by opening", share, .01, share < .01)]}


def split(source, train, test):
    """Sessions whose id 20 divides go to the test file, as in every script of the peers."""
    begin = b'{"session":'
    with open(source, "rb") as lines, open(train, "wb") as most, open(test + ".tmp", "wb") as rest:
        for line in lines:
            head = line.replace(b" ", b"", 1) if line.startswith(begin + b" ") else line
            number = int(head[len(begin):head.index(b",")])
            (rest if number % 20 == 0 else most).write(line)
    os.rename(test + ".tmp", test)
