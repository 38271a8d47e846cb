"""The command line and the package give the same answers. $EMBEDENGINE_CLI names the command."""

from __future__ import annotations

import json
import os
import shlex
import subprocess

import pytest

import embedengine as ee

CLI = os.environ.get("EMBEDENGINE_CLI")

pytestmark = pytest.mark.skipif(not CLI, reason="EMBEDENGINE_CLI is not set")


def run(*arguments: str) -> dict:
    done = subprocess.run([*shlex.split(CLI or ""), *arguments, "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("source", ["hybrid", "item2vec", "covisitation"])
@pytest.mark.parametrize("seen", ["keep", "drop"])
def test_recommend(golden: ee.Database, source: str, seen: str) -> None:
    told = run(
        "recommend", golden.path, "--session", "1010:clicks,1011:carts", "--k", "15", "--source", source,
        "--seen", seen)
    found = golden.recommend([(1010, "clicks"), (1011, "carts")], k=15, source=source, seen=seen)
    assert [i["item"] for i in told["items"]] == found.items
    assert [i["score"] for i in told["items"]] == pytest.approx([s.score for s in found], abs=1e-5)


def test_similar(golden: ee.Database) -> None:
    told = run("similar", golden.path, "--item", "1010", "--k", "5")
    found = golden.similar(1010, k=5)
    assert [i["item"] for i in told["items"]] == [s.item for s in found]
    assert [i["score"] for i in told["items"]] == pytest.approx([s.score for s in found], abs=1e-5)


def test_metrics(golden: ee.Database) -> None:
    told, report = run("evaluate", golden.path), golden.evaluate()
    for name, metrics in report.sources.items():
        assert told["sources"][name]["recall"] == pytest.approx(metrics.recall.value, abs=1e-9)
