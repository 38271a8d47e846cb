"""Nearest neighbours: one build and six settings of ef a side and run, on three sets; ours against the best
of the libraries."""
import gzip
import os
import re

import figures
import parts
from runner import PYTHON, Failed, find, say

EFS = "10,20,40,80,160,320"
RECALLS = (.95, .99)


def sets(r):
    """Name, base, queries, metric, goal and floor of each set."""
    mnist = [mnist_file(r, part) for part in ("train", "test")]
    clustered = r.make("rc128.npy", PYTHON, r.script("gen_vectors.py"), "clustered", r.path("rc128"), "--n",
                       "100000", "--d", "128")
    found = [("clustered-128", clustered, r.path("rc128.q.npy"), "l2", 2, 1.5), items(r)]
    if all(mnist):
        found.insert(0, ("mnist", *mnist, "l2", 2, 1.5))
    return found


def items(r):
    """Item vectors of 64 dimensions: gensim's, and the queries that sessions make of them."""
    vectors, queries = r.path("g5m"), r.path("g5m.q.npy")
    if not os.path.exists(vectors + ".npy"):
        parts.gensim(r, vectors)
    if not os.path.exists(queries):
        r.peer("evalvec.py", parts.events(r), "--vec", vectors, "--queries", queries)
    r.files["$D/g5m.npy"] = {"bytes": os.path.getsize(vectors + ".npy"), "made_by": "the part sgns"}
    return "items-64-cosine", vectors + ".npy", queries, "cosine", 1.5, 1.1


def mnist_file(r, part):
    """Pixels as float32; the test part cut to its first 2,000 images, as ann.py does. None where the file is
    not to be had."""
    import numpy
    folder = os.environ.get("EMBEDENGINE_DATA") or os.path.join(os.path.dirname(r.peers), "data")
    source, target = os.path.join(folder, f"mnist_{part}.npy.gz"), r.path(f"mnist_{part}.npy")
    if not os.path.exists(target):
        if not os.path.exists(source):
            say(f"{os.path.basename(source)} is not there (EMBEDENGINE_DATA names its folder): "
                "the set mnist is left out")
            return None
        with gzip.open(source) as file:
            pixels = numpy.load(file).astype(numpy.float32)
        numpy.save(target, pixels.reshape(len(pixels), -1)[:2000 if part == "test" else None])
    r.files[f"$D/mnist_{part}.npy"] = {"bytes": os.path.getsize(target), "made_by": f"mnist_{part}.npy.gz"}
    return target


def libraries(r):
    """The peers that setup.sh built: in $PEERS, or where it says it builds without that."""
    with open(r.script("setup.sh"), encoding="utf-8") as file:
        default = re.search(r"\$\{PEERS:-([^}]*)\}", file.read())
    built = os.environ.get("PEERS") or (default.group(1) if default else "")
    listed = os.path.join(built, "ann.bins")
    if not os.path.exists(listed):
        raise Failed(f"{listed} is not there: run setup.sh of the peers first")
    with open(listed, encoding="utf-8") as file:
        return [line.split()[0] for line in file if line.strip()]


def ann(r):
    names = libraries(r)
    runs, measures, checks, curves = {}, [], [], {}
    for name, base, queries, metric, goal, floor in sets(r):
        runs[name] = [one_run(r, names, base, queries, metric) for _ in range(r.repeat)]
        curves[name] = {"embedengine": runs[name][-1]["ours"]["points"]}
        curves[name].update({peer: runs[name][-1][peer]["points"] for peer in names})
        hold(name, runs[name], names, goal, floor, measures, checks)
    return {"runs": runs, "measures": measures, "quality": checks, "curves": {
        name: {who: [(p["recall"], p["qps"]) for p in points] for who, points in sides.items()} for name,
        sides in curves.items()}}


def one_run(r, names, base, queries, metric):
    ours = r.ours("bench", "ann", "--base", base, "--queries", queries, "--metric", metric, "--m", "16",
                  "--ef-construction", "200",
                  "--ef", EFS, "--k", "10", "--threads", "1")
    lines = r.peer("ann.py", base, "--queries", queries, "--metric", metric, "--only",
                   ",".join(["exact"] + names), "--threads",
                   str(r.threads))
    exact = {line["peer"]: line["qps"] for line in lines if line.get("peer", "").startswith("exact")}
    if not exact:
        raise Failed("no exact search among the answers of ann.py")
    run = {"ours": ours, "exact": exact}
    for peer in names:
        points = [{"ef": s["ef"], "recall": s["recall10"], "qps": s["qps"], "p50_us": s["p50_us"]}
                  for s in lines if s.get("peer") == peer and s.get("op") == "search"]
        run[peer] = {**find(lines, peer=peer, op="build"), "points": points}
    return run


def hold(name, runs, names, goal, floor, measures, checks):
    """The measures of one set."""
    for recall in RECALLS:
        pairs = []
        for run in runs:
            mine = at(run["ours"], recall)
            theirs = [(q, p) for p in names if (q := at(run[p], recall)) is not None]
            if mine is not None and theirs:
                pairs.append((mine, *max(theirs)))
        checks.append(parts.quality(f"{name}: recall@10 {recall} reached", len(pairs), len(runs),
                                    len(pairs) == len(runs)))
        if pairs:
            measures.append(parts.measure(f"search, {name}, recall@10 {recall}", "queries per second", "more",
                                          [p[0] for p in pairs],
                                          [p[1] for p in pairs], goal, floor, f"best of all: {pairs[-1][2]}"))
    library = next((n for n in names if n.startswith("hnswlib")), names[0])
    measures.append(parts.measure(f"index build, {name}", "CPU seconds", "less",
                                  [run["ours"]["build_cpu_s"] for run in runs],
                                  [run[library]["build_cpu_s"] for run in runs], 2, 1.25, library))
    # The library's file holds the vectors; ours lie in an artifact of their own and are counted where they
    # are told.
    sizes = [(run["ours"]["index_bytes"] + run["ours"].get("vector_bytes", 0)) / 2**20 for run in runs]
    measures.append(parts.measure(f"index and vectors, {name}", "MB", "less", sizes,
                                  [run[library]["index_mb"] for run in runs], 1, None, library))
    measures.append(parts.measure(f"exact scan, {name}", "queries per second", "more",
                                  [run["ours"]["exact_qps"] for run in runs],
                                  [max(run["exact"].values()) for run in runs], 1.5, 1.1,
                                  "better of faiss Flat and NumPy"))


def at(side, recall):
    return figures.qps_at([(p["recall"], p["qps"]) for p in side["points"]], recall)
