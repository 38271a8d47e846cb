"""Recorded answers, their outcomes, and arms."""

from __future__ import annotations

import json
import os
import subprocess
import warnings
from pathlib import Path
from typing import Any

import pytest
from conftest import ring_columns

import embedengine as ee

VECTORS = [  # docs/online.md
    ("", "", 1083), ("", "42", 2518), ("", "anna", 2246), ("summer", "42", 3517), ("summer", "anna", 1927),
    ("summer", "Zoë", 9453)]


@pytest.fixture(params=[False, True], ids=["int64", "text"])
def store(tmp_path: Path, request: Any) -> Path:
    columns = ring_columns()
    if request.param:
        columns["items"] = [f"item {item}" for item in columns["items"]]
    path = tmp_path / "shop.ee"
    with ee.open(path) as db:
        db.import_events(columns, progress=False)
        for publish in (True, False):
            db.train(preset="fast", dimensions=8, epochs=1, min_count=1, ranker=0, method="item2vec",
                     publish=publish, progress=False)
        db.set_alias("candidate", 2)
    return path


def test_the_published_hash() -> None:
    for salt, key, bucket in VECTORS:
        assert ee.split_bucket(salt, key) == bucket
    assert ee.split_bucket("", 42) == 2518


def test_arms_ids_outcomes_and_figures(store: Path) -> None:
    with ee.open(store) as db:
        assert db.experiment() is None and db.arm_of(7) is None and db.model_for(7) is db.model
        told = db.set_experiment({"control": ("active", 50), "treatment": ("candidate", 30)}, salt="summer")
        assert [(a["arm"], a["version"], a["share"]) for a in told["arms"]] == [
            ("control", 1, 50), ("treatment", 2, 30)]
        arms = {}
        for user in range(60):
            bucket = ee.split_bucket("summer", user)
            arms[user] = "control" if bucket < 5000 else "treatment" if bucket < 8000 else None
            assert db.arm_of(user) == arms[user]
            answer = db.recommend_user(user, k=5, record=True)
            assert answer.version == (2 if arms[user] == "treatment" else 1)
            assert answer.id is not None and len(answer.id) == 32
            if user % 3 == 0:
                db.observe(user, answer.items[1], "clicks", request=answer.id)
        assert db.recommend_user(1, k=5).id is None
        report = db.evaluate_online()
        for arm in report["arms"][:2]:
            mine = [u for u, name in arms.items() if name == arm["arm"]]
            assert (arm["answers"], arm["users"]) == (len(mine), len(mine))
            assert arm["clicks"] == sum(u % 3 == 0 for u in mine)
            assert arm["ctr_ci"][0] <= arm["ctr"] == arm["clicks"] / arm["answers"] <= arm["ctr_ci"][1]
        assert [a["arm"] for a in report["arms"]] == ["control", "treatment", "active"]
        (pair,) = report["compared"]
        assert (pair["arm"], pair["with"]) == ("treatment", "control")
        assert "at least 100" in pair["ctr"]["not_judged"] and not pair["ctr"]["alarm"]
        assert db.info()["answers_recorded"] == 80 and db.info()["answers_missed"] == 0
        db.end_experiment()
        assert db.experiment() is None and db.recommend_user(1, k=3).version == 1


def test_an_anonymous_session_and_ids_that_are_none(store: Path) -> None:
    with ee.open(store) as db:
        db.set_experiment("a=candidate:100")
        answer = db.recommend([], k=3, record=True, session_id="s1")
        assert answer.version == 2
        for request in ("x", "0" * 31 + "1"):
            with pytest.warns(ee.EmbedEngineWarning, match="malformed" if len(request) < 32 else "unknown"):
                db.observe(1, answer.items[0], request=request)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            db.observe(1, answer.items[0], request=answer.id)
        assert db.evaluate_online(window_hours=1)["arms"][0]["clicks"] == 1
        with pytest.raises(ee.errors.InvalidArgumentError):
            db.evaluate_online(window_hours=0)
        with pytest.raises(ee.errors.InvalidArgumentError, match="candidate"):
            db.set_experiment("candidate")
        assert db.forget(user=1, progress=False)["removed_answers"] == 1
    with ee.open(store, read_only=True) as db:
        answer = db.recommend([], k=3, record=True)
        assert len(answer) == 3 and answer.id is None
        assert "read-only" in db.info()["answer_problem"]


@pytest.mark.skipif("EMBEDENGINE_CLI" not in os.environ, reason="no command line")
def test_the_command_line(store: Path) -> None:
    def ask(*arguments: str) -> Any:
        done = subprocess.run([os.environ["EMBEDENGINE_CLI"], arguments[0], str(store), *arguments[1:],
                               "--json"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout), done.stderr

    told, _ = ask("ab", "--set", "control=active:50,treatment=candidate:50", "--user", "7")
    assert told["arm"] in ("control", "treatment") and len(told["arms"]) == 2
    answer, _ = ask("recommend", "--user", "7", "--record", "--k", "3")
    assert answer["model_version"] == (1 if told["arm"] == "control" else 2)
    item = str(answer["items"][0]["item"])
    observed, said = ask("observe", "--user", "7", "--item", item, "--request", answer["id"])
    assert observed["request"] == "taken" and not said
    observed, said = ask("observe", "--user", "7", "--item", item, "--request", "no")
    assert observed["request"] == "malformed" and "32 hexadecimal" in said
    report, _ = ask("evaluate", "--online")
    assert sum(arm["clicks"] for arm in report["arms"]) == 1
    assert ask("ab", "--end")[0]["arms"] == []
