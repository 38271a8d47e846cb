#!/usr/bin/env python3
"""Makes a fixture of everything today's format can hold, with the command line of the build that writes it:

    python3 tests/Fixtures/make_format.py out/bin/embedengine tests/Fixtures/format-2

shop.ee: text keys, categories and titles, every artifact, an imported space, live logs nobody adopted yet.
shop.eebz: its active version as a compressed bundle. answers.json: the SHA-256 of the bundle unpacked,
requests, and what that build answered.

Run it BEFORE a change of format, with the build from before the change, into a folder of the next number. A
folder that is there is never made again: those files must open, and answer the same, for ever
(FormatFixtureTests)."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

MIN_GAP = 1e-3  # Neighbouring scores closer than this share may swap under another instruction set.
SOURCES = (
    "hybrid", "hybrid_default", "popularity", "trending", "self", "covisitation", "covisitation_normalized",
    "covisitation_cart", "bought_together", "sequential", "session_knn", "item2vec", "item2vec_similar",
    "svd",
    "graph", "user", "category")
TRAINING = (
    "dimensions=16", "epochs=10", "ranker_trees=12", "svd_rank=16", "gate_metric=mrr")


def main() -> None:
    binary, out = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    if out.exists():
        sys.exit(f"{out} is there: a fixture is made once")
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        make(binary, here)
        out.mkdir(parents=True)
        for made in ("shop.ee", "shop.eebz", "answers.json"):
            shutil.move(str(here / made), out / made)


def make(binary: Path, here: Path) -> None:
    def run(*words: str) -> Dict[str, Any]:
        # From inside the folder: the catalog remembers the paths it was given.
        done = subprocess.run(
            [binary, *words, "--json"], cwd=here, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    run("generate", "events.jsonl", "--events", "5000", "--items", "120", "--seed", "5")
    write_csv(here)
    run("import", "shop.ee", "events.csv", "--keys", "string")
    run("train", "shop.ee", "--deterministic", "--seed", "7", "--threads", "1", "--name", "first",
        *(word for setting in TRAINING for word in ("--set", setting)))
    write_vectors(here)
    run("import-vectors", "shop.ee", "bert.jsonl", "--space", "bert", "--name", "fixture")
    run("collect", "shop.ee", "--keep", "1")
    run("bundle", "shop.ee", "shop.eeb")
    run("bundle", "shop.ee", "shop.eebz", "--compress")
    for user, item, action in (("u1", "é:5", "carts"), ("u2", "é:26", "clicks"),
                               ("u1", "new: one", "orders")):
        run("observe", "shop.ee", "--user", user, "--item", item, "--action", action, "--time",
            "1800000000000")
    requests = [ask for ask in asks() if is_stable(run(*ask)["items"])]
    lines = [json.dumps({"arguments": ask[2:], "command": ask[0], "items": run(*ask)["items"]},
                        ensure_ascii=False)
             for ask in requests]
    bundle = hashlib.sha256((here / "shop.eeb").read_bytes()).hexdigest()
    text = f'{{"bundle_sha256":"{bundle}","requests":[\n' + ",\n".join(lines) + "\n]}\n"
    (here / "answers.json").write_text(text, encoding="utf-8")
    (here / "shop.ee" / "LOCK").unlink()
    shutil.rmtree(here / "shop.ee" / "leases", ignore_errors=True)
    print(f"{len(lines)} requests")


def write_csv(here: Path) -> None:
    """The generated shop as CSV: keys as text that is not ASCII and holds a colon."""
    with (here / "events.jsonl.items.csv").open(encoding="utf-8") as text:
        items = {row["item"]: row for row in csv.DictReader(text)}
    with (here / "events.csv").open("w", encoding="utf-8", newline="") as text:
        out = csv.writer(text)
        out.writerow(["session_id", "timestamp", "action", "item_id", "category", "title"])
        for line in (here / "events.jsonl").read_text().splitlines():
            session = json.loads(line)
            for event in session["events"]:
                item = items[str(event["aid"])]
                out.writerow([f"s{session['session']}", event["ts"], event["type"], f"é:{event['aid']}",
                              item["category"], item["title"]])


def write_vectors(here: Path) -> None:
    rng = random.Random(3)
    with (here / "bert.jsonl").open("w", encoding="utf-8") as out:
        for item in range(0, 120, 2):
            vector = [round(rng.uniform(-1, 1), 4) for _ in range(8)]
            out.write(json.dumps({"item_id": f"é:{item}", "embedding": vector}) + "\n")


def asks() -> List[List[str]]:
    sessions = (
        ["é:5"], ["é:68:clicks", "é:118:carts"], ["é:12", "é:40", "é:41", "é:40", "é:3:orders"], ["é:900"])
    made = []
    for keys in sessions:
        events = []
        for key in keys:
            item, action = key.rsplit(":", 1) if key.count(":") == 2 else (key, "clicks")
            events.append({"item": item, "action": action})
        for source in SOURCES:
            made.append(["recommend", "shop.ee", "--session-json", json.dumps(events, ensure_ascii=False),
                         "--source", source, "--k", "8"])
    made += [["similar", "shop.ee", "--item", "é:4", "--k", "5", "--space", space]
             for space in ("item2vec", "svd", "graph", "bert")]
    made.append(["bought-together", "shop.ee", "--items", "é:12,é:40", "--k", "5"])
    return made


def is_stable(items: List[Dict[str, Any]]) -> bool:
    scores = [item["score"] for item in items]
    return all(a == b or abs(a - b) >= MIN_GAP * max(abs(a), abs(b)) for a, b in zip(scores, scores[1:]))


if __name__ == "__main__":
    main()
