#!/usr/bin/env python3
"""Makes a small fixture of what a version knows of users, with the library of the build that writes it:

    PYTHONPATH=bindings/python python3 tests/Fixtures/make_users.py tests/Fixtures/format-2-users

shop.ee.zip: a store of a log of our own that names users, with histories, customers, traits, a model of
users (attention, no network) and action-item tokens; packed, because the pages of an artifact are mostly
empty. answers.json: requests, and what that build answered.

A folder that is there is never made again: those files must open, and answer the same, for ever
(UserFixtureTests)."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import embedengine as ee

MIN_GAP = 1e-3  # Neighbouring scores closer than this share may swap under another instruction set.
START = 1_750_000_000
SEGMENTS, ITEMS_EACH, CUSTOMERS, VISITS = 3, 10, 40, 10
USERS = ("käufer 1", "käufer 5", "käufer 30", "nobody")
SOURCES = ("hybrid", "hybrid_default", "history", "covisitation_history", "user_history", "traits", "user")
KINDS = ("mix", "average", "mean", "recency", "time", "debiased", "tf_idf", "attention")
DATE = (2026, 1, 1, 0, 0, 0)


def main() -> None:
    out = Path(sys.argv[1]).resolve()
    if out.exists():
        sys.exit(f"{out} is there: a fixture is made once")
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        # By bare names: the catalog remembers the paths it was given.
        os.chdir(here)
        with ee.open("shop.ee") as db:
            lines = make(db, here)
        (here / "answers.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")
        pack(here)
        out.mkdir(parents=True)
        for made in ("shop.ee.zip", "answers.json"):
            shutil.move(str(here / made), out / made)
    print(f"{len(lines)} requests, {(out / 'shop.ee.zip').stat().st_size} bytes packed")


def make(db: ee.Database, here: Path) -> List[str]:
    write_csv(here)
    db.import_events("events.csv", keys="string", progress=False)
    db.train(
        name="users", deterministic=True, seed=7, threads=1, progress=False, tokens="action_item",
        dimensions=8, epochs=40, min_count=1, m=4, ef_construction=16, method="item2vec", traits=SEGMENTS,
        ranker_requests=400, ranker_trees=4, gate_metric="mrr")
    return [json.dumps({"call": call, **request, **answer}, ensure_ascii=False)
            for call, request, answer in asked(db)]


def write_csv(here: Path) -> None:
    """Customers who look and buy within their segment, in visits of a few events, keys with a colon."""
    chance = random.Random(11)
    with (here / "events.csv").open("w", encoding="utf-8", newline="") as text:
        out = csv.writer(text)
        out.writerow(["session_id", "user_id", "timestamp", "action", "item_id", "category", "title"])
        for visit in range(VISITS):
            for customer in range(CUSTOMERS):
                for event in range(chance.randint(2, 5)):
                    segment = chance.randrange(SEGMENTS) if chance.random() < 0.1 else customer % SEGMENTS
                    number = chance.randrange(ITEMS_EACH)
                    action = chance.choices(["clicks", "carts", "orders"], [8, 2, 1])[0]
                    out.writerow([
                        f"s{visit * CUSTOMERS + customer}", f"käufer {customer}",
                        START + visit * 86_400 + customer * 600 + event, action,
                        f"{'abc'[segment]}:{number}", f"shelf {'abc'[segment]}", f"Thing {number}"])


def asked(db: ee.Database) -> Iterator[Tuple[str, Dict[str, Any], Dict[str, Any]]]:
    """Every call of users: its name, arguments and what of the answer must stay."""
    for user in USERS:
        for source in SOURCES:
            for session in ([], [("b:2", "clicks")]):
                items = db.recommend_user(user, session, k=6, source=source)
                answer = ranked([(s.item, s.score) for s in items])
                if is_stable(answer["scores"]):
                    yield ("recommend_user", {"user": user, "source": source, "session": session},
                           {"fallback": items.fallback, **answer})
        for kind in KINDS:
            profile = db.profile(user, vector=kind)
            yield ("profile", {"user": user, "kind": kind},
                   {"fallback": profile.fallback, "events": profile.events,
                    "vector": [round(float(x), 5) for x in profile.vector],
                    "traits": [round(float(x), 5) for x in profile.traits]})
        for by in ("traits", "vector"):
            # Cosines near 1 lie close together: the test asks for all and looks these up.
            alike = db.similar_users(user, 5, by=by)
            yield "similar_users", {"user": user, "by": by}, ranked([(u.user, u.score) for u in alike])
    for token in ("view_a:7", "cart_b:3"):
        near = ranked(db.similar_tokens(token, 5))
        if is_stable(near["scores"]):
            yield "similar_tokens", {"token": token}, near
    report = db.traits()
    yield ("traits", {}, {"customers": report["customers"], "traits": [
        {"name": trait["name"], "share": round(trait["share"], 5),
         "items": [item["item"] for item in trait["items"][:3]]} for trait in report["traits"]]})


def ranked(pairs: List[Tuple[str, float]]) -> Dict[str, Any]:
    return {"keys": [key for key, _ in pairs], "scores": [round(float(score), 6) for _, score in pairs]}


def is_stable(scores: List[float]) -> bool:
    return all(abs(a - b) >= MIN_GAP * max(abs(a), abs(b)) for a, b in zip(scores, scores[1:]))


def pack(here: Path) -> None:
    store = here / "shop.ee"
    (store / "LOCK").unlink()
    shutil.rmtree(store / "leases", ignore_errors=True)
    with zipfile.ZipFile(here / "shop.ee.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(store.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(store)), DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    main()
