"""What explore says, counted again by plain Python from rows (session, user, item, action, ms), as anybody's
script would count them."""

from __future__ import annotations

import collections
import csv
import datetime
import json
import math
import os
import random
import shlex
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterable, List, NamedTuple, Optional

import pytest

import embedengine as ee
from embedengine import errors

CLI = os.environ.get("EMBEDENGINE_CLI")
DAY = 86_400_000
START = 1_700_000_000_000
WEIGHTS = {"clicks": 1.0, "carts": 3.0, "orders": 5.0}


class Row(NamedTuple):
    session: Any
    user: Optional[Any]
    item: Any
    action: str = "clicks"
    ms: Optional[int] = None


def percentile(ordered: List[float], p: float) -> float:
    """numpy.percentile's default, without NumPy."""
    place = (len(ordered) - 1) * p
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def spread(values: Iterable[float]) -> Optional[Dict[str, float]]:
    ordered = sorted(values)
    if not ordered:
        return None
    return {"mean": sum(ordered) / len(ordered), "max": ordered[-1], "count": len(ordered),
            **{f"p{p}": percentile(ordered, p / 100) for p in (50, 90, 95, 99)}}


def count(rows: List[Row]) -> Dict[str, Any]:
    sessions = collections.defaultdict(list)
    met = collections.defaultdict(set)
    for row in rows:
        sessions[row.session].append(row)
        met[row.action].add(row.item)
    items = collections.Counter(r.item for r in rows)
    actions = collections.Counter(r.action for r in rows)
    has = [{r.action for r in s} for s in sessions.values()]
    steps = sorted(actions, key=lambda a: WEIGHTS.get(a, 1.0))
    reached = {a: sum(a in h for h in has) for a in actions}
    kinds = collections.Counter(sum(i in met[a] for a in met) for i in items)
    return {
        "events": len(rows), "sessions": len(sessions), "items": len(items),
        "actions": {a: {"events": n, "share": n / len(rows), "items": len(met[a]), "sessions": reached[a],
                        "per_session": n / len(sessions)} for a, n in actions.items()},
        "never": {a: len(items) - len(met[a]) for a in actions},
        "funnel": [{
            "action": a, "sessions": reached[a], "share": reached[a] / len(sessions),
            "of_previous": sum({a, steps[i - 1]} <= h for h in has) / reached[steps[i - 1]] if i else None,
        } for i, a in enumerate(steps)],
        "session_length": spread(len(s) for s in sessions.values()),
        "items_per_session": spread(len({r.item for r in s}) for s in sessions.values()),
        "items_by_actions": [kinds[n] for n in range(1, max(kinds) + 1)],
        **count_items(sorted(items.values())), **count_users(sessions), **count_times(rows, sessions),
    }


def count_items(ordered: List[int]) -> Dict[str, Any]:
    n, total = len(ordered), sum(ordered)
    share = {f"top_{p}_percent": sum(ordered[n - math.ceil(n * p / 100):]) / total for p in (1, 10, 20)}
    gini = sum((2 * i - n - 1) * x for i, x in enumerate(ordered, 1)) / (n * total)
    return {
        "item_frequency": {
            **{f"p{p}": percentile(ordered, p / 100) for p in (50, 90, 99)}, "mean": total / n,
            "max": ordered[-1], "once": ordered.count(1), "at_most_twice": sum(x <= 2 for x in ordered)},
        "long_tail": {**share, "gini": gini},
    }


def count_users(sessions: Dict[Any, List[Row]]) -> Dict[str, Any]:
    users = collections.defaultdict(list)
    for rows in sessions.values():
        user = next((r.user for r in rows if r.user is not None), None)
        if user is not None:
            users[user].append(rows)
    between = []
    for own in users.values():
        if any(r.ms is None for s in own for r in s):
            continue
        spans = sorted((min(r.ms for r in s), max(r.ms for r in s)) for s in own)
        end = spans[0][1]
        for first, last in spans[1:]:
            between.append(max(0, first - end) / 1000)
            end = max(end, last)
    return {
        "users": len(users) or None, "sessions_per_user": spread(len(own) for own in users.values()),
        "events_per_user": spread(sum(map(len, own)) for own in users.values()),
        "seconds_between_sessions": spread(between),
    }


def count_times(rows: List[Row], sessions: Dict[Any, List[Row]]) -> Dict[str, Any]:
    times = [r.ms for r in rows if r.ms is not None]
    if not times:
        return {name: None for name in ("first_ms", "last_ms", "daily", "hourly", "seconds_between_events")}
    days = collections.Counter(t // DAY for t in times)
    daily = []
    for day in range(min(days), max(days) + 1):
        week = range(max(min(days), day - 6), day + 1)
        name = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
        daily.append({"day": name.isoformat(), "events": days[day],
                      "mean7": sum(days[d] for d in week) / len(week)})
    hours = collections.Counter(t // 3_600_000 % 24 for t in times)
    gaps = []
    for session in sessions.values():
        own = sorted(r.ms for r in session)
        gaps += [(b - a) / 1000 for a, b in zip(own, own[1:])]
    return {
        "first_ms": min(times), "last_ms": max(times), "daily": daily,
        "hourly": [hours[h] for h in range(24)],
        "seconds_between_events": spread(gaps),
    }


def assert_same(expected: Any, found: Any, path: str = "") -> None:
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert_same(value, found[name], f"{path}.{name}")
    elif isinstance(expected, list):
        assert len(expected) == len(found), path
        for i, value in enumerate(expected):
            assert_same(value, found[i], f"{path}[{i}]")
    elif isinstance(expected, float):
        # Sums are taken in another order.
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), path
    else:
        assert found == expected, path


def explored(path: Path, *files: Path, **options: Any) -> Dict[str, Any]:
    with ee.open(path) as db:
        for file in files:
            db.import_events(file, progress=False, **options)
        result: Dict[str, Any] = db.explore(progress=False)
    return result


def write(path: Path, rows: List[Row], *columns: str) -> Path:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows([getattr(r, c if c != "time_ms" else "ms") for c in columns] for r in rows)
    return path


def random_rows(seed: int, key: Any = lambda prefix, n: n) -> List[Row]:
    """Sessions of users, some of them nobody's, over six weeks; events of one moment, and twice the same."""
    draw = random.Random(seed)
    rows = []
    for s in range(150):
        now = START + draw.randrange(42 * 24) * 3_600_000
        user = key("u", draw.randrange(40)) if draw.random() < 0.8 else None
        for _ in range(draw.randrange(1, 15)):
            now += draw.choice([0, 0, 1000, 59_999, 7_200_000, 3 * DAY])
            item = key("i", int(60 * draw.random() ** 2))
            rows.append(Row(key("s", s), user, item, draw.choice(["clicks"] * 4 + ["carts", "orders"]), now))
    return rows


@pytest.mark.skipif(CLI is None, reason="EMBEDENGINE_CLI names no command line")
def test_generated_log(tmp_path: Path) -> None:
    log = tmp_path / "shop.jsonl"
    for line in (["generate", log, "--events", "8000", "--items", "500", "--seed", "5"],
                 ["import", tmp_path / "shop.ee", log]):
        subprocess.run([*shlex.split(CLI or ""), *map(str, line)], check=True, capture_output=True)
    told = subprocess.run([*shlex.split(CLI or ""), "explore", str(tmp_path / "shop.ee"), "--json"],
                          check=True, capture_output=True)
    rows = [Row(s["session"], None, e["aid"], e["type"], e["ts"])
            for s in map(json.loads, log.read_text().splitlines()) for e in s["events"]]
    found = json.loads(told.stdout)
    assert_same(count(rows), found)
    with ee.open(tmp_path / "shop.ee") as db:
        again = db.explore(progress=False)
    assert {**again, "seconds": 0} == {**found, "seconds": 0}


@pytest.mark.parametrize("seed", [1, 2])
def test_sessions_and_users(tmp_path: Path, seed: int) -> None:
    """int64 and text keys, in two files that share sessions."""
    rows = random_rows(seed, (lambda prefix, n: f"{prefix} ü{n}") if seed == 2 else (lambda prefix, n: n))
    columns = ("session", "user", "item", "action", "time_ms")
    found = explored(
        tmp_path / "shop.ee", write(tmp_path / "a.csv", rows[::2], *columns),
        write(tmp_path / "b.csv", rows[1::2], *columns))
    assert_same(count(rows), found)
    duplicates = len(rows) - len(set(rows))
    assert found["left_out"]["duplicate_events"] == duplicates
    userless = [r for r in rows if r.user is None]
    assert found["userless_events"] == len(userless)
    assert any(note.startswith(f"{len(userless)} events have no user") for note in found["notes"])


def test_users_cut_by_inactivity(tmp_path: Path) -> None:
    """A user's events, half an hour without one ends a session."""
    draw = random.Random(3)
    events = sorted((draw.randrange(20), START + draw.randrange(4000) * 60_000, i) for i in range(700))
    rows: List[Row] = []
    for user, ms, i in events:
        last = rows[-1] if rows else None
        same = last is not None and last.user == user and ms - last.ms <= 30 * 60_000
        rows.append(Row(last.session if same else i, user, i % 45, "clicks", ms))
    draw.shuffle(shuffled := list(rows))
    assert_same(count(rows), explored(
        tmp_path / "shop.ee", write(tmp_path / "a.csv", shuffled, "user", "item", "time_ms")))


def test_without_times_and_users(tmp_path: Path) -> None:
    rows = [Row(s, None, (s * 7 + i * i) % 31) for s in range(40) for i in range(s % 9 + 1)]
    sessions = collections.defaultdict(list)
    for r in rows:
        sessions[r.session].append(r.item)
    log = tmp_path / "a.jsonl"
    log.write_text("".join(json.dumps({"session_id": s, "items": i}) + "\n" for s, i in sessions.items()))
    found = explored(tmp_path / "shop.ee", log)
    assert_same(count(rows), found)
    assert found["untimed_events"] == len(rows) and found["left_out"]["short_sessions"] == 5
    assert [n.split(":")[0] for n in found["notes"][:2]] == ["no event has a time", "no event has a user"]


def test_figures_by_hand(tmp_path: Path) -> None:
    """Three sessions, worked on paper."""
    rows = [Row(1, "a", "x", "clicks", START), Row(1, "a", "y", "clicks", START + 10_000),
            Row(1, "a", "x", "carts", START + 40_000), Row(2, "b", "z", "clicks", START + 2 * DAY),
            Row(3, "a", "x", "clicks", START + 100_000)]
    found = explored(tmp_path / "shop.ee", write(
        tmp_path / "a.csv", rows, "session", "user", "item", "action", "time_ms"))
    assert_same({
        "events": 5, "sessions": 3, "items": 3, "users": 2, "first_ms": START, "last_ms": START + 2 * DAY,
        "actions": {"clicks": {"events": 4, "share": 0.8, "items": 3, "per_session": 4 / 3},
                    "carts": {"events": 1, "share": 0.2, "items": 1, "per_session": 1 / 3}},
        "never": {"clicks": 0, "carts": 2},
        "session_length": {"mean": 5 / 3, "p50": 1.0, "p90": 2.6, "p95": 2.8, "p99": 2.96, "max": 3},
        "item_frequency": {"p50": 1.0, "p90": 2.6, "p99": 2.96, "max": 3, "once": 2, "at_most_twice": 2},
        "sessions_per_user": {"mean": 1.5, "p50": 1.5, "max": 2},
        "seconds_between_events": {"mean": 20.0, "p50": 20.0, "max": 30.0},
        "seconds_between_sessions": {"count": 1, "mean": 60.0},
        "long_tail": {"top_1_percent": 0.6, "top_20_percent": 0.6, "gini": 4 / 15},
        "items_by_actions": [2, 1],
        "daily": [{"day": "2023-11-14", "events": 4, "mean7": 4.0},
                  {"day": "2023-11-15", "events": 0, "mean7": 2.0},
                  {"day": "2023-11-16", "events": 1, "mean7": 5 / 3}],
        "left_out": {"events": 2, "short_sessions": 2},
    }, found)
    assert found["hourly"][22] == 5 and sum(found["hourly"]) == 5


def test_live_events_and_refusals(tmp_path: Path) -> None:
    with ee.open(tmp_path / "shop.ee") as db:
        with pytest.raises(errors.NotFoundError):
            db.explore(progress=False)
        db.import_events({"sessions": [1, 1], "items": [1, 2], "times_ms": [START, START + 1]},
                         progress=False)
        db.observe("somebody", 3, "clicks", START + DAY)
        assert db.explore(progress=False)["live_events"] == 1
        assert db.explore(progress=False)["sessions"] == 2
        assert db.explore(live=False, progress=False)["events"] == 2
        stages = []
        with pytest.raises(errors.CancelledError):
            db.explore(progress=lambda stage, done, total: stages.append(stage) or True)
        assert stages[0] == "count"
