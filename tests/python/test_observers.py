"""Four processes of four threads observe while this one serves: in the end it knows of every user what a
list sorted by time says, and so does a store opened anew."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Tuple

from observers import DAY, ITEMS, PROCESSES, START, THREADS, USERS, planned

import embedengine as ee

PROGRAM = Path(__file__).with_name("observers.py")
EVENTS = 2000 if os.environ.get("EMBEDENGINE_FULL") == "1" else 100
KEPT = 100
VISIT_GAP = 30 * 60_000
DEADLINE_SECONDS = 60

History = List[Tuple[int, int]]


def log() -> Dict[str, List[Any]]:
    """Eight visits of four events of every customer."""
    chance = random.Random(1)
    made: Dict[str, List[Any]] = {name: [] for name in ("sessions", "users", "items", "times_ms")}
    for visit in range(8):
        for customer in range(USERS):
            for event in range(4):
                made["sessions"].append(visit * USERS + customer)
                made["users"].append(f"c{customer}")
                made["items"].append(20 * (customer % 2) + chance.randrange(ITEMS // 2))
                made["times_ms"].append(START + visit * DAY + customer * 60_000 + event * 1000)
    return made


def readable_model(columns: Dict[str, List[Any]]) -> Dict[str, History]:
    """(time, item) of each user's latest events; equal times, which are one thread's, in its order."""
    histories: Dict[str, History] = {}
    for user, item, moment in zip(columns["users"], columns["items"], columns["times_ms"]):
        histories.setdefault(user, []).append((moment, item))
    for process in range(PROCESSES):
        for thread in range(THREADS):
            for user, item, moment in planned(process, thread, EVENTS):
                histories.setdefault(user, []).append((moment, item))
    return {user: sorted(own, key=lambda e: e[0])[-KEPT:] for user, own in histories.items()}


def owned(history: History) -> Dict[int, float]:
    """What the source `history` makes of it: the last visit stands in for the session, items of the events
    before it lose 3 % with each step back."""
    visit = len(history) - 1
    while visit > 0 and history[visit][0] - history[visit - 1][0] <= VISIT_GAP:
        visit -= 1
    scores: Dict[int, float] = {}
    for step, (_, item) in enumerate(reversed(history[:visit])):
        scores[item] = scores.get(item, 0) + 0.97 ** step
    return scores


def assert_same(db: ee.Database, user: str, history: History) -> None:
    answer = db.recommend_user(user, k=ITEMS, source="history", padding=False)
    expected = owned(history)
    assert set(answer.items) == set(expected), user
    for scored in answer:
        # Sums of up to a hundred floats.
        assert abs(scored.score - expected[scored.item]) < 1e-4, user
    assert list(answer) == sorted(answer, key=lambda s: -s.score), user


def test_what_many_processes_observe_is_what_a_readable_model_knows(tmp_path: Path) -> None:
    columns = log()
    with ee.open(tmp_path / "shop.ee") as db:
        db.import_events(columns, progress=False)
        db.train(preset="fast", dimensions=8, epochs=2, min_count=1, traits=2, ranker=0, progress=False)
        model = readable_model(columns)
        users = sorted(model)
        children = [
            subprocess.Popen([sys.executable, str(PROGRAM), str(db.path), str(process), str(EVENTS)])
            for process in range(PROCESSES)]
        known = dict.fromkeys(users, 0)
        try:
            while any(child.poll() is None for child in children):
                for user in users:
                    db.recommend_user(user, k=5)
                    count = db.profile(user).events
                    assert known[user] <= count <= KEPT, "a history only grows"
                    known[user] = count
        finally:
            for child in children:
                child.wait(600)
        assert [child.returncode for child in children] == [0] * PROCESSES
        counts = {user: len(history) for user, history in model.items()}
        deadline = time.monotonic() + DEADLINE_SECONDS
        while {user: db.profile(user).events for user in users} != counts and time.monotonic() < deadline:
            time.sleep(0.05)
        with ee.open(db.path) as fresh:
            for user in users:
                for each in (db, fresh):
                    assert each.profile(user).events == counts[user]
                    assert_same(each, user, model[user])
                assert db.recommend_user(user, [3], k=10).items \
                    == fresh.recommend_user(user, [3], k=10).items
