"""Drift, health and the gate before publish through the package and the command line."""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
from typing import Any, Dict, List

import pytest
from conftest import SMALL

import embedengine as ee
from embedengine import errors

CLI = os.environ.get("EMBEDENGINE_CLI")
DAY = 86_400_000
TRAINING = {**SMALL, "ranker": 0}


def columns(seed: int, day: int, shuffled: bool = False, sessions: int = 700) -> Dict[str, List[Any]]:
    """Sessions that go on along a ring of 60 items, one a minute; shuffled: by chance instead."""
    draw = random.Random(seed)
    rows: Dict[str, List[Any]] = {"items": [], "sessions": [], "times_ms": []}
    for s in range(sessions):
        at = draw.randrange(60)
        for e in range(6):
            rows["items"].append(draw.randrange(60) if shuffled else at % 60)
            rows["sessions"].append(day * 100_000 + s)
            rows["times_ms"].append(1_700_000_000_000 + day * DAY + s * 60_000 + e * 5_000)
            at += draw.choice((1, 1, 1, 2))
    return rows


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("watch") / "shop.ee"
    with ee.open(path) as db:
        db.import_events(columns(1, 0), progress=False)
        db.train(**TRAINING)
        yield db, path


def cli(*arguments: object) -> Any:
    if not CLI:
        pytest.skip("EMBEDENGINE_CLI is not set")
    return subprocess.run([*shlex.split(CLI), *map(str, arguments)], capture_output=True, text=True)


def test_watch(shop: Any) -> None:
    db, path = shop
    # The same log once more: rebuilt to compare, as good, published.
    again = db.train(**{**TRAINING, "seed": 5}, gate="active")
    assert again.active and again.gate["passed"] and again.gate["method"] == "rebuilt", again.gate
    drift = db.drift()
    assert (drift["from"], drift["to"], drift["js"], drift["drifted"]) == (1, 2, 0, False), drift["alarms"]
    assert drift["null"]["js"] == [0, 0] and drift["spaces"][0]["space"] == "covisitation"
    assert json.loads(cli("drift", path, "--from", 1, "--to", 2, "--json").stdout) == drift
    health = db.health()
    assert health["version"] == 2 and not health["retrain"]["advised"]
    assert all(c["ok"] or c["remedy"] for c in health["checks"])
    names = [c["name"] for c in health["checks"]]
    assert {"serving", "popularity", "session_signal", "disk"} <= set(names)
    told = cli("health", path)
    assert told.returncode == 0 and "popularity" in told.stdout
    printed = json.loads(cli("health", path, "--json").stdout)
    assert [c["name"] for c in printed["checks"]] == names
    with pytest.raises(errors.InvalidArgumentError):
        db.train(**TRAINING, gate="best")
    with pytest.raises(errors.UnknownError):
        db.drift(1, 99)


def test_shuffled_sessions_are_refused(shop: Any) -> None:
    db, path = shop
    active = db.info()["active_version"]
    db.import_events(columns(2, 30, shuffled=True), progress=False)
    refused = db.train(**TRAINING, gate="active")
    assert not refused.active and not refused.gate["passed"]
    assert any("shuffled" in reason for reason in refused.gate["reasons"])
    assert db.info()["active_version"] == active
    assert any(c["name"] == "session_signal" and not c["ok"] for c in db.health()["checks"])
    settings = [f"--set={key}={TRAINING[key]}" for key in ("dimensions", "epochs", "min_count", "ranker")]
    told = cli("train", path, "--preset", "fast", "--gate", "active", *settings, "--json")
    assert told.returncode == 3, told.stderr
    report = json.loads(told.stdout)
    assert report["published"] is False and report["gate"]["reasons"]
    assert "not published" in told.stderr
    assert cli("train", path, "--gate", "best").returncode == 2
