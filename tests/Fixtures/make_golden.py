#!/usr/bin/env python3
"""Rewrites the golden fixtures: golden.events.jsonl, golden.ee (a store trained once from them) and
golden.json (requests and their answers). The C, Python and .NET tests read them and never write them.

    PYTHONPATH=bindings/python python3 tests/Fixtures/make_golden.py

Run it only when an answer is MEANT to change, and say why in the commit. golden.ee must open for ever: when
the format gets a new version, keep the old store under a name of its own.

golden.json has one request a line with its keys in one order, so that the C test can read it without a JSON
library. Answers whose neighbours lie closer than MIN_GAP are left out: another instruction set may sum in
another order and swap them."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, List

import embedengine as ee

HERE = Path(__file__).resolve().parent
EVENTS, STORE, ANSWERS = HERE / "golden.events.jsonl", HERE / "golden.ee", HERE / "golden.json"
ITEMS, GROUPS, SESSIONS = 200, 20, 215
UNKNOWN = 999_999_999
MIN_GAP = 1e-4
START_MS = 1_659_304_800_000


def write_events() -> None:
    """Sessions that wander through groups of ten items, a few of them much more often than the rest."""
    rng = random.Random(7)
    with EVENTS.open("w") as out:
        for session in range(SESSIONS):
            time = START_MS + session * 3_600_000
            group = min(rng.randrange(GROUPS), rng.randrange(GROUPS))
            events = []
            for _ in range(rng.randint(2, 7)):
                if rng.random() < 0.1:
                    group = rng.randrange(GROUPS)
                item = group * (ITEMS // GROUPS) + min(rng.randrange(10), rng.randrange(10))
                time += rng.randint(5_000, 120_000)
                kind = rng.choices(["clicks", "carts", "orders"], [8, 2, 1])[0]
                events.append({"aid": item + 1000, "ts": time, "type": kind})
            out.write(json.dumps({"session": session, "events": events}, separators=(",", ":")) + "\n")


def make_store() -> None:
    shutil.rmtree(STORE, ignore_errors=True)
    with ee.open(STORE) as db:
        # By its bare name: the catalog remembers the path, and a machine's path has no place in a fixture.
        os.chdir(HERE)
        db.import_events(EVENTS.name, progress=False)
        db.train(
            name="golden", threads=1, deterministic=True, seed=7, progress=False,
            dimensions=16, epochs=20, min_count=1, covisitation_neighbors=10)


def tidy_store() -> None:
    """Leaves only what is the store's own: locks and leases belong to a process."""
    (STORE / "LOCK").unlink(missing_ok=True)
    shutil.rmtree(STORE / "leases", ignore_errors=True)
    left = [p.name for p in STORE.rglob("*") if p.name.endswith(("-wal", "-shm"))]
    size = sum(p.stat().st_size for p in STORE.rglob("*") if p.is_file())
    if left or size > 400_000:
        sys.exit(f"golden.ee has {size} bytes and leftovers {left}: it must be small and checkpointed")


def requests() -> List[Dict[str, Any]]:
    clicks, carts, orders = 0, 1, 2
    sessions = [
        [[1000, clicks]],
        [[1010, clicks], [1011, carts]],
        [[1020, clicks], [1021, clicks], [1022, orders]],
        [[1003, clicks], [UNKNOWN, clicks], [1004, carts], [1003, clicks]],
        [[1030 + i % 7, clicks] for i in range(40)],
        [[UNKNOWN, clicks]],
        [],
    ]
    made: List[Dict[str, Any]] = []
    for events in sessions:
        for source in ("hybrid", "hybrid_default", "item2vec", "item2vec_similar", "covisitation",
            "popularity", "self"):
            for seen in ("keep", "drop", "demote"):
                for k, padding in ((5, True), (20, True), (20, False)):
                    made.append({
                        "call": "recommend", "events": events, "k": k, "source": source, "seen": seen,
                        "padding": padding})
    made += [{"call": "similar", "item": item, "k": k} for item in (1000, 1010, 1055) for k in (1, 10)]
    # More than there are items: the count says how many came.
    made.append({"call": "recommend", "events": [[1000, clicks]], "k": 1000, "source": "popularity",
        "seen": "keep",
                 "padding": True})
    return made


def answer(db: ee.Database, request: Dict[str, Any], k: int) -> List[ee.Scored]:
    if request["call"] == "similar":
        return db.similar(request["item"], k=k)
    return db.recommend(
        [tuple(e) for e in request["events"]], k=k, source=request["source"], seen=request["seen"],
        padding=request["padding"])


def is_stable(scored: List[ee.Scored]) -> bool:
    """Whether no rounding could swap two items. Padding and popularity may tie: there rows, not scores,
    decide, so equal scores are stable, nearly equal ones are not."""
    gaps = [a.score - b.score for a, b in zip(scored, scored[1:])]
    return all(abs(g) >= MIN_GAP or g == 0 for g in gaps)


def write_answers() -> None:
    rng = random.Random(11)
    lines = []
    with ee.open(STORE) as db:
        for request in requests():
            # One answer in six is enough for the long tail of combinations; those of the first session are
            # all kept.
            long_tail = request["call"] == "recommend" and request["events"] != [[1000, 0]]
            if long_tail and rng.random() > 1 / 6 or not is_stable(answer(db, request, request["k"] + 1)):
                continue
            found = answer(db, request, request["k"])
            if isinstance(found, ee.Recommendations):
                request.update(fallback=found.fallback, unknown_items=found.unknown_items,
                    padded=found.padded)
            request["items"] = [s.item for s in found]
            request["scores"] = [round(s.score, 6) for s in found]
            lines.append(json.dumps(request, separators=(",", ":")))
    ANSWERS.write_text('{"requests":[\n' + ",\n".join(lines) + "\n]}\n")
    print(f"{len(lines)} requests in {ANSWERS}")


if __name__ == "__main__":
    write_events()
    make_store()
    write_answers()
    tidy_store()
