#!/usr/bin/python3
"""Our program against its peers, on the same files, run by run in turn, quality beside speed.

  bench/peers/run.py [--only sgns,ann,svd,nmf,covis,walks,recommend,users] [--data DIR] [--peers DIR]
                     [--repeat 3] [--threads 2]

Needs out/bin/embedengine (./build.sh) and the peers' folder with its setup.sh run once: --peers, or
EMBEDENGINE_PEERS, or ../shared/peers beside the repository. Data is made in --data (or
EMBEDENGINE_BENCH_DATA, or out/bench) and used again. mnist and deskdrop come from EMBEDENGINE_DATA, or the
folder data beside the peers'. Writes bench/results/<processor>/. Standard library and NumPy."""
import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ann_part
import parts
import report
from runner import Failed, Runner, say

PARTS = {"sgns": parts.sgns, "ann": ann_part.ann, "svd": parts.svd, "nmf": parts.nmf, "covis": parts.covis,
         "walks": parts.walks,
         "recommend": parts.recommend, "users": parts.users}
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def arguments():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    ap.add_argument("--data",
                    default=os.environ.get("EMBEDENGINE_BENCH_DATA") or os.path.join(ROOT, "out", "bench"))
    ap.add_argument("--peers",
                    default=os.environ.get("EMBEDENGINE_PEERS")
                    or os.path.join(os.path.dirname(ROOT), "shared", "peers"))
    ap.add_argument("--program", default=os.path.join(ROOT, "out", "bin", "embedengine"))
    ap.add_argument("--results", default=os.path.join(ROOT, "bench", "results"))
    ap.add_argument("--repeat", type=int, default=3)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--seed", type=int, default=42)
    a = ap.parse_args()
    a.only = a.only.split(",")
    unknown = [p for p in a.only if p not in PARTS]
    if unknown:
        ap.error(f"no part {unknown[0]}; there are {', '.join(PARTS)}")
    if a.repeat < 1 or a.threads < 1:
        ap.error("--repeat and --threads are at least 1")
    if not os.path.exists(os.path.join(a.peers, "common.py")):
        ap.error(f"no peers' scripts in {a.peers}: --peers or EMBEDENGINE_PEERS names their folder")
    if not os.path.exists(a.program):
        ap.error(f"{a.program} is not there: ./build.sh makes it")
    return a


def main():
    a = arguments()
    os.makedirs(a.data, exist_ok=True)
    runner = Runner(a.program, a.data, a.peers, a.repeat, a.threads, a.seed)
    folder = os.path.join(a.results, report.slug(report.processor()))
    failed = []
    for part in a.only:
        runner.begin()
        say(f"== {part}")
        try:
            found = PARTS[part](runner)
        except (Failed, KeyError, ValueError) as e:
            say(f"{part} failed: {type(e).__name__}: {e}")
            failed.append(part)
            continue
        say(report.write(folder, ROOT, part, runner, found))
        records = [found | {"part": part}]
        print("\n".join([*report.table(records), "", *report.checks(records)]), flush=True)
    if len(failed) < len(a.only):
        say(report.readme(folder))
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
