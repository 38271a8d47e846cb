"""Markdown tables of measured results, and the documents that show them: between `<!-- table: NAME -->` and
`<!-- /table -->` stands nothing but what a JSON file of bench/results gives. Runs no program."""
import json
import os
import re

# What each table is made of, and the file that shows it.
PLACES = {"quality": "README.md", "cost": "README.md", "peers": "README.md", "sources": "docs/sources.md"}
NO_TRAINER = [
    "session_knn", "covisitation", "covisitation_normalized", "sequential", "trending", "popularity"]
SINGLE = ["popularity", "self", "covisitation", "item2vec", "session_knn", "hybrid_default"]
BLOCK = re.compile(r"<!-- table: (\w+) -->\n.*?<!-- /table -->", re.DOTALL)


def share(value):
    """A share of 1 as papers print it: .563; nothing where there is none."""
    return "–" if value is None else re.sub(r"^(-?)0\.", r"\1.", f"{value:.3f}")


def seconds(value):
    """Two digits below 10, whole seconds above."""
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"


def memory(megabytes):
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes:.0f} MB"


def microseconds(request):
    return "–" if request is None else f"{request['p50_us']:,.0f} and {request['p99_us']:,.0f} µs"


def rows(head, align, body):
    """A Markdown table; align has one letter a column, l or r."""
    line = {"l": "---", "r": "---:"}
    return ["| " + " | ".join(cells) + " |" for cells in [head]] + [
        "|" + "|".join(line[a] for a in align) + "|"] + ["| " + " | ".join(cells) + " |" for cells in body]


def quality(record):
    """Recall@20 of every single source and the hybrid with its interval, a row a data set."""
    body = []
    for found in record["sets"]:
        sources = found["sources"]
        hybrid, (low, high) = sources["hybrid"], sources["hybrid"]["recall_ci"]
        body.append([found["title"], f"{found['cases']:,}"]
                    + [share(sources[s]["recall"]) if s in sources else "–" for s in SINGLE]
                    + [f"**{share(hybrid['recall'])}** ({share(low)} – {share(high)})", share(hybrid["mrr"])])
    head = ["data", "cases", *SINGLE, "**hybrid** (95 %)", "MRR@20 of hybrid"]
    return rows(head, "lr" + "r" * len(SINGLE) + "rr", body)


def cost(record):
    """What the same runs cost: whole processes, and single requests where there is a test file."""
    body = []
    for found in record["sets"]:
        took, train, requests = found["import"], found["train"], found.get("requests", {})
        body.append([found["title"], f"{found['events']:,}", seconds(took["user_s"]), memory(took["peak_mb"]),
                     seconds(train["user_s"]), memory(train["peak_mb"]), seconds(train["wall_s"]),
                     microseconds(requests.get("hybrid_default")), microseconds(requests.get("hybrid"))])
    head = ["data", "events", "import", "memory", "train", "memory", "wall", "hybrid_default: p50 and p99",
            "hybrid: p50 and p99"]
    return rows(head, "lrrrrrrrr", body)


def sources(record):
    """Sources that need no trainer, each alone: recall@20 / MRR@20; the best of a data set in bold."""
    sets = [s for s in record["sets"] if s["preset"] == "balanced"]
    best = {s["name"]: max(s["sources"][n]["recall"] for n in NO_TRAINER if n in s["sources"]) for s in sets}
    body = []
    for name in NO_TRAINER:
        cells = []
        for found in sets:
            figures = found["sources"].get(name)
            text = "–" if figures is None else f"{share(figures['recall'])} / {share(figures['mrr'])}"
            cells.append(f"**{text}**" if figures and figures["recall"] == best[found["name"]] else text)
        body.append([name, *cells])
    return rows(["source", *(s["short"] for s in sets)], "l" + "r" * len(sets), body)


SETS = ("mnist", "clustered-128", "items-64-cosine")
# A row: what, its part, (measure, unit) pairs of that part, and what is told beside: q(name) is a quality's
# figures, ours and theirs.
PEERS = [
    ("skip-gram, 5 M events: fast, deterministic", "sgns",
     [("skip-gram, fast", "tokens per CPU second"), ("skip-gram, deterministic", "tokens per CPU second")],
     lambda q: f"recall@20 {share(q('next-item recall@20, fast')[0])}, "
               f"{share(q('next-item recall@20, deterministic')[0])}; "
               f"theirs {share(q('next-item recall@20, fast')[1])}"),
    ("SVD of PPMI, k 64", "svd", [("SVD, k 64", "CPU seconds")],
     lambda q: "Σσ² {:.5f} of theirs".format(q("sum of squared singular values")[0]
                                             / q("sum of squared singular values")[1])),
    ("counting and PPMI", "svd", [("counting and PPMI", "CPU seconds")],
     lambda q: "{:,} entries, theirs {:,}".format(*q("entries of the matrix"))),
    ("NMF, k 16: dense 100k × 64, sparse 287k × 50k", "nmf",
     [(f"NMF, k 16, {kind}, to the same error", "CPU seconds") for kind in ("dense", "sparse")],
     lambda q: "to the same error"),
    ("NNLS, k 16, time a row", "nmf", [("NNLS, k 16, 1 thread", "µs a row")],
     lambda q: f"differs by {q('NNLS, largest difference from scipy')[0]:.0e}"),
    ("HNSW build: MNIST, 100k × 128, item vectors", "ann",
     [(f"index build, {name}", "CPU seconds") for name in SETS],
     lambda q: "same M and efConstruction"),
    *[(f"HNSW search at recall@10 .95, .99: {title}", "ann",
       [(f"search, {name}, recall@10 {r}", "queries per second") for r in ("0.95", "0.99")],
       lambda q: "scores exact") for name, title in (
           ("mnist", "MNIST"), ("clustered-128", "100k × 128"), ("items-64-cosine", "item vectors"))],
    ("exact search: MNIST, 100k × 128, item vectors", "ann",
     [(f"exact scan, {name}", "queries per second") for name in SETS],
     lambda q: "exact"),
    ("index with its vectors, bytes: the same three", "ann",
     [(f"index and vectors, {name}", "MB") for name in SETS],
     lambda q: "ours is larger: codes come on top"),
    ("import of 5 M events, JSONL; co-visitation and popularity", "covis",
     [("import of 5 M events, JSONL", "CPU seconds"), ("co-visitation and popularity", "CPU seconds")],
     lambda q: "{:,} rows, theirs {:,}".format(*q("rows"))),
    ("peak memory of that", "covis", [("peak memory", "MB")], lambda q: ""),
    ("random walks", "walks", [("random walks", "steps per CPU second")],
     lambda q: "{:,} steps, theirs {:,}".format(*q("steps"))),
    ("request of `hybrid_default`, p50", "recommend", [("recommend, hybrid_default, p50", "µs")],
     lambda q: f"{q('bytes allocated by all requests')[0]} bytes allocated"),
    ("request of the learned `hybrid`, p50", "recommend", [("recommend, hybrid (learned), p50", "µs")],
     lambda q: "ours asks 13 sources and a ranker"),
]


def peers(records):
    """Ratios against other programs; records by part. A part whose JSON is not there has no rows."""
    body = []
    for what, part, measures, beside in PEERS:
        if part not in records:
            continue
        record = records[part]
        compared = [m for m in record["measures"] if m["theirs"] is not None]
        found = [next(m for m in compared if (m["name"], m["unit"]) == key) for key in measures]

        def side(name, held=record["quality"]):
            return next((q["ours"], q["theirs"]) for q in held if q["name"] == name)

        against = list(dict.fromkeys(m["peer"].replace("best of all: ", "") for m in found))
        ratios = ", ".join(f"{m['ratio']:.2g}×" if m["ratio"] < 10 else f"{m['ratio']:.0f}×" for m in found)
        body.append([what, ", ".join(against), ratios, str(record["repeat"]), beside(side)])
    return rows(["what", "against", "times better", "runs", "quality beside it"], "llrrl", body)


def load(folder):
    """The JSON files of a folder, by their names without .json."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[name[:-len(".json")]] = json.load(file)
    return found


def made(name, records):
    """The lines of a table, and the JSON files that they are of; None where there are no such files."""
    if name == "peers":
        parts = [part for part in dict.fromkeys(row[1] for row in PEERS) if part in records]
        return (peers(records), [records[p] for p in parts], "README.md") if parts else None
    if "quality" not in records:
        return None
    record = records["quality"]
    return {"quality": quality, "cost": cost, "sources": sources}[name](record), [record], "quality.json"


def fill(text, records, link):
    """text with every marked table made anew; a table whose results are not there stays. link leads from the
    text's folder to that of the results."""
    def block(match):
        found = made(match[1], records) if match[1] in PLACES else None
        if found is None:
            return match[0]
        lines, of, file = found
        cpu = of[0]["cpu"]
        where = "{name}, family {family} model {model}, {level}, {processors} processors".format(**cpu)
        return "\n".join([
            f"<!-- table: {match[1]} -->", *lines, "", f"{where}: [all figures]({link}/{file}).",
            "<!-- /table -->"])
    return BLOCK.sub(block, text)


def folder_of(block):
    """The folder under bench/results that a filled table links to."""
    return re.search(r"\[all figures\]\([./]*bench/results/([^/)]+)/", block)[1]
