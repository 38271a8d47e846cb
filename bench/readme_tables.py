#!/usr/bin/python3
"""The tables of README.md and docs/, measured and written.

  bench/readme_tables.py [--only diginetica,yoochoose,…] [--data DIR] [--program FILE]   measures, then writes
  bench/readme_tables.py --tables-only [--cpu FOLDER]                           writes from the JSON there is

For each data set: import, train, evaluate and, where there is a test file, single requests, with defaults and
as a user would type them. Each command is a process of its own; its user CPU seconds, peak memory and wall
time are the kernel's. Writes bench/results/<processor>/quality.json. A set that is not run again keeps what
was found before. --data (or EMBEDENGINE_DATA, or ../shared/data beside the repository) holds the files, which
are not part of this repository. Standard library only."""
import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "peers")]
import report  # noqa: E402
import tables  # noqa: E402

ROOT = os.path.dirname(HERE)
# name, title, short title, file, test file, options of train
SETS = [
    ("diginetica", "Diginetica, its own test file", "Diginetica", "diginetica_train.jsonl.gz",
     "diginetica_test.jsonl.gz", []),
    ("diginetica-best", "the same, `--preset best`", "Diginetica, best", "diginetica_train.jsonl.gz",
     "diginetica_test.jsonl.gz", ["--preset", "best"]),
    ("retailrocket", "Retailrocket, its own test file", "Retailrocket", "retailrocket_train.jsonl.gz",
     "retailrocket_test.jsonl.gz", []),
    ("yoochoose", "Yoochoose first 100k, its own test file", "Yoochoose", "yoochoose100k_train.tsv.gz",
     "yoochoose100k_test.tsv.gz", []),
    ("news", "a week of news, its last day held out", "news week", "news_7d.csv.gz", None,
     ["--until", "2017-10-07T03:00:00Z"]),
    ("deskdrop", "deskdrop, its last tenth held out", "deskdrop", "deskdrop.csv.gz", None, []),
]
KEPT = ("recall", "recall_ci", "ndcg", "mrr", "mrr_ci", "coverage")


class Shell:
    """Runs our program and remembers the commands as a reader can repeat them."""

    def __init__(self, program, folder, say):
        self.program, self.folder, self.say, self.commands = os.path.abspath(program), folder, say, []

    def shown(self, words):
        short = [w[len(self.folder):].lstrip(os.sep) if w.startswith(self.folder) else w for w in words]
        return " ".join(["embedengine", *(os.path.basename(w) if w.endswith(".gz") else w for w in short)])

    def run(self, *words):
        """Its JSON and what it cost: user_s, peak_mb, wall_s."""
        self.commands.append(self.shown(words))
        self.say(self.commands[-1])
        begin = time.perf_counter()
        with subprocess.Popen([self.program, *words, "--json"], stdout=subprocess.PIPE) as child:
            out = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begin
        if child.returncode:
            raise RuntimeError(f"exit code {child.returncode}: {self.commands[-1]}")
        took = {
            "user_s": round(usage.ru_utime, 3), "peak_mb": round(usage.ru_maxrss / 1024, 1),
            "wall_s": round(wall, 2)}
        self.say("  {user_s} s of a processor, {peak_mb} MB, {wall_s} s".format(**took))
        return json.loads(out), took


def measure(row, data, shell, store, seed):
    """One data set's record."""
    name, title, short, train_file, test_file, options = row
    shutil.rmtree(store, ignore_errors=True)
    imported, import_cost = shell.run("import", store, os.path.join(data, train_file))
    trained, train_cost = shell.run("train", store, *options, "--seed", str(seed))
    found = {
        "name": name, "title": title, "short": short, "preset": trained_with(options),
        "events": imported["events"], "import": import_cost, "train": train_cost}
    if test_file:
        test = os.path.join(data, test_file)
        measured, evaluate_cost = shell.run("evaluate", store, "--test", test)
        requests = {}
        for source in ("hybrid_default", "hybrid"):
            told, _ = shell.run("bench", "recommend", store, "--test", test, "--source", source)
            requests[source] = {k: told[k] for k in ("p50_us", "p99_us")}
        found |= {"evaluate": evaluate_cost, "requests": requests}
        evaluation, sources = measured, measured["sources"]
    else:
        evaluation, sources = trained["evaluation"], trained["metrics"]
    files = [f for f in (train_file, test_file) if f]
    return found | {
        "cases": evaluation["cases"], "sessions": evaluation["sessions"],
        "served_source": evaluation["served_source"],
        "sources": {s: {k: m[k] for k in KEPT if k in m} for s, m in sources.items()},
        "commands": shell.commands,
        "data": [{"file": f, "bytes": os.path.getsize(os.path.join(data, f))} for f in files], "seed": seed,
        "commit": built_from(shell.program), "load": round(os.getloadavg()[0], 2),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")}


def trained_with(options):
    """The preset that options of train name."""
    return options[options.index("--preset") + 1] if "--preset" in options else "balanced"


def built_from(program):
    """The commit that the program names itself, else the repository's."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return told.partition("+")[2][:12] or report.commit(ROOT)


def merged(old, new):
    """Records of sets in the order of SETS, new ones in place of old."""
    by_name = {s["name"]: s for s in old} | {s["name"]: s for s in new}
    return [by_name[row[0]] for row in SETS if row[0] in by_name]


def write_tables(folder, root=ROOT):
    """Fills every marked table; returns the files that changed."""
    records, changed = tables.load(folder), []
    for place in sorted(set(tables.PLACES.values())):
        path = os.path.join(root, place)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        link = os.path.relpath(folder, os.path.dirname(path)).replace(os.sep, "/")
        filled = tables.fill(text, records, link)
        if filled != text:
            with open(path, "w", encoding="utf-8") as file:
                file.write(filled)
            changed.append(place)
    return changed


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--only", default=",".join(row[0] for row in SETS), help="data sets, with commas between")
    ap.add_argument("--data", default=os.environ.get("EMBEDENGINE_DATA")
                    or os.path.join(os.path.dirname(ROOT), "shared", "data"))
    ap.add_argument("--program", default=os.path.join(ROOT, "out", "bin", "embedengine"))
    ap.add_argument("--stores", default=os.path.join(ROOT, "out", "quality"), help="where stores are made")
    ap.add_argument("--results", default=os.path.join(ROOT, "bench", "results"))
    ap.add_argument("--cpu", default=report.slug(report.processor()),
                    help="folder of results; default this processor's")
    ap.add_argument("--seed", type=int, default=42)
    ap.add_argument("--tables-only", action="store_true", help="run nothing")
    a = ap.parse_args()
    a.only = a.only.split(",")
    unknown = [n for n in a.only if n not in [row[0] for row in SETS]]
    if unknown:
        ap.error(f"no data set {unknown[0]}; there are {', '.join(row[0] for row in SETS)}")
    if not a.tables_only:
        for path in (a.program, a.data):
            if not os.path.exists(path):
                ap.error(f"{path} is not there")
    return a


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    a = arguments()
    folder = os.path.join(a.results, a.cpu)
    path = os.path.join(folder, "quality.json")
    os.makedirs(folder, exist_ok=True)
    for row in SETS if not a.tables_only else []:
        if row[0] not in a.only:
            continue
        os.makedirs(a.stores, exist_ok=True)
        found = measure(row, a.data, Shell(a.program, os.path.abspath(a.stores), say),
                        os.path.join(os.path.abspath(a.stores), row[0] + ".ee"), a.seed)
        before = tables.load(folder).get("quality", {"sets": []})["sets"]
        with open(path, "w", encoding="utf-8") as file:
            record = {"part": "quality", "cpu": report.processor(), "sets": merged(before, [found])}
            file.write(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    for place in write_tables(folder):
        say(f"{place}: tables written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
