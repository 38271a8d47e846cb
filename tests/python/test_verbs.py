"""Every verb of the package, on small stores made on the spot."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import signal
import threading
from pathlib import Path
from typing import Any, List, Tuple

import pytest
from conftest import FIXTURES, SMALL, ring_columns

import embedengine as ee
from embedengine import errors


def test_import_train_evaluate_versions(tmp_path: Path) -> None:
    with ee.open(tmp_path / "shop.ee") as db:
        packed = tmp_path / "events.jsonl.gz"
        packed.write_bytes(gzip.compress((FIXTURES / "golden.events.jsonl").read_bytes()))
        report = db.import_events(packed, progress=False)
        assert report.events == 937 and report.rejected == 0 and report.events_by_action["clicks"] > 0
        seen: List[Tuple[str, int, int]] = []
        first = db.train(name="first", **{**SMALL, "progress": lambda *r: seen.append(r)})
        assert (first.number, first.name, first.active) == (1, "first", True)
        assert first.created_at.tzinfo is not None
        assert len({stage for stage, _, _ in seen}) > 2
        assert first.metrics is not None and 0 <= first.metrics["hybrid"].recall.value <= 1
        assert "recall@20" in str(first.metrics)
        assert db.evaluate() == first.metrics
        second = db.train(publish=False, **SMALL)
        assert not second.active and db.model.version == 1
        db.publish(2)
        assert db.model.version == 2
        assert db.rollback() == 1 and db.model.version == 1
        assert db.rollback(2) == 2
        assert [(v.number, v.active) for v in db.versions()] == [(1, False), (2, True)]
        assert db.manifest(1) != db.manifest() and isinstance(db.manifest(), dict)
        assert db.info()["item_keys"] == "int64" and db.info()["active_version"] == 2
        db.set_alias("stable", 1)
        assert db.aliases() == {"active": 2, "stable": 1} and db.resolve_version("stable") == 1
        assert db.collect(0) == {"collected": [], "leased": []}
        db.remove_alias("stable")
        assert db.lineage(2)[0] == 2 and any(d["key"] for d in db.diff(1, 2))
        db.observe(user=17, item=1010, action="carts")
        db.observe(17, 1011, time_ms=1_700_000_000_000)
        db.flush_observed()
        events = db.info()["events"]
        compacted = db.compact(progress=False)
        assert compacted["segments_before"] >= 2 and compacted["removed_events"] == 0
        assert db.info()["events"] == events + 2
        assert db.forget(user=17, progress=False)["removed_events"] == 2
        assert db.info()["events"] == events
        with pytest.raises(ee.errors.InvalidArgumentError):
            db.forget(user=1, item=2)
        assert db.verify(full=True, progress=False)["sound"]
        with ee.open(tmp_path / "shop.ee", verify="full") as other:
            assert other.model.version == 2 and not other.refresh()
            db.rollback(1)
            assert other.model.version == 2
            assert other.refresh() and other.model.version == 1


def test_evaluate_on_a_file(ring: ee.Database, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(
        json.dumps({"items": [i, (i + 1) % 60], "target": (i + 2) % 60}) + "\n" for i in range(60)))
    report = ring.evaluate(cases, k=10, sources=["covisitation", "popularity"], progress=False)
    assert report.cases == 60 and set(report.sources) == {"covisitation", "popularity"}
    assert report["covisitation"].recall.value > 0.9 > report["popularity"].recall.value


def test_queries_learn_the_ring(ring: ee.Database) -> None:
    answer = ring.recommend([(10, "clicks"), (11, "carts")], k=5, seen="drop")
    assert 12 in answer.items and answer.version == 1 and answer.latency_us > 0
    assert answer[0].reasons and answer[0].score >= answer[1].score
    assert ring.recommend([10, 11], k=5) == ring.recommend([(10, 0), (11, 0, 0)], k=5)
    assert ring.recommend([], k=5).fallback == "empty_session"
    assert ring.recommend([12345], k=5).unknown_items == 1
    assert len(ring.recommend([10], k=500)) <= 60
    assert {s.item for s in ring.similar(10, k=6)} & {8, 9, 11, 12}
    assert ring.model.action_code("carts") == 1
    items = list(ring.items())
    assert sorted(items) == list(range(60))
    assert list(ring.model.rows([items[3], 777])) == [3, -1]
    assert len(ring.vectors()) == 60 and len(ring.vectors(out=True)[0]) == 16
    assert sum(x * x for x in map(float, ring.vectors()[0])) == pytest.approx(1, abs=1e-5)


def test_text_keys(text_ring: ee.Database) -> None:
    answer = text_ring.recommend([("näme 10", "clicks"), "näme 11"], k=5)
    assert all(isinstance(i, str) and i.startswith("näme ") for i in answer.items)
    assert text_ring.recommend(["nobody"], k=3).fallback == "unknown_items"
    assert text_ring.similar("näme 10", k=2)[0].item.startswith("näme ")
    batch = text_ring.recommend_batch([["näme 1"], [], ["näme 2", "nobody"]], k=4)
    assert batch[0] == text_ring.recommend(["näme 1"], k=4) and batch[2].unknown_items == 1
    assert sorted(text_ring.items()) == sorted(f"näme {i}" for i in range(60))
    assert list(text_ring.model.rows(["näme 3", "nobody"]))[1] == -1
    with pytest.raises(errors.KeyKindError):
        text_ring.recommend([10])
    with pytest.raises(errors.UnknownError):
        text_ring.similar("nobody")


@pytest.mark.parametrize("call, error", [
    (lambda db: db.recommend([1], k=0), errors.InvalidArgumentError),
    (lambda db: db.recommend([1], source="magic"), errors.InvalidArgumentError),
    (lambda db: db.recommend([1], seen="maybe"), errors.InvalidArgumentError),
    (lambda db: db.recommend([2**63]), errors.InvalidArgumentError),
    (lambda db: db.recommend(["one"]), errors.KeyKindError),
    (lambda db: db.recommend([(1, "juggle")]), errors.UnknownError),
    (lambda db: db.recommend([(1, -1)]), errors.InvalidArgumentError),
    (lambda db: db.similar(777), errors.UnknownError),
    (lambda db: db.similar("777"), errors.KeyKindError),
    (lambda db: db.similar(1, space="nowhere"), errors.UnknownError),
    (lambda db: db.vectors("nowhere"), errors.UnknownError),
    (lambda db: db.publish(77), errors.UnknownError),
    (lambda db: db.open_model(77), errors.UnknownError),
    (lambda db: db.train(colour="blue", progress=False), errors.InvalidArgumentError),
    (lambda db: db.train(preset="huge", progress=False), errors.InvalidArgumentError),
    (lambda db: db.import_events("absent.csv", progress=False), errors.NotFoundError),
    (lambda db: db.import_events("absent.csv", colour=1), errors.InvalidArgumentError),
    (lambda db: db.import_events({"items": [1, 2]}, progress=False), errors.InvalidArgumentError),
    (lambda db: db.import_events({"items": [1, 2], "users": [1]}, progress=False),
    errors.InvalidArgumentError),
    (lambda db: db.import_events({"items": [1.5], "users": [1]}, progress=False),
    errors.InvalidArgumentError),
    (lambda db: db.import_events({"things": [1]}, progress=False), errors.InvalidArgumentError),
    (lambda db: db.model.item_key(1), errors.KeyKindError),
    (lambda db: db.recommend_batch(ee.Sessions([1, 2], [0, 5])), errors.InvalidArgumentError),
    (lambda db: db.recommend_batch(ee.Sessions([1, 2], [])), errors.InvalidArgumentError),
])
def test_errors(ring: ee.Database, call: Any, error: Any) -> None:
    with pytest.raises(error) as raised:
        call(ring)
    assert isinstance(raised.value, ee.EmbedEngineError) and raised.value.code == error.code
    assert str(raised.value)


def test_closed_and_empty(tmp_path: Path) -> None:
    db = ee.open(tmp_path / "none.ee")
    with pytest.raises(errors.NotFoundError):
        db.info()
    db.import_events(ring_columns(60), progress=False)
    with pytest.raises(errors.NoModelError):
        db.recommend([1])
    db.close()
    db.close()
    with pytest.raises(errors.HandleError):
        db.info()
    with pytest.raises(errors.HandleError):
        db.recommend([1])


def test_bad_files(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(bytes((i * 2654435761 >> 13) & 255 for i in range(5000)))
    with ee.open(tmp_path / "bad.ee") as db:
        with pytest.raises(errors.BadInputError, match="binary"):
            db.import_events(binary, progress=False)
        with pytest.raises(errors.NotFoundError):
            db.info()


def test_progress_cancels(tmp_path: Path) -> None:
    with ee.open(tmp_path / "c.ee") as db:
        db.import_events(ring_columns(), progress=False)
        with pytest.raises(errors.CancelledError):
            db.train(**{**SMALL, "progress": lambda *_: True})

        def fail(*_: Any) -> None:
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            db.train(**{**SMALL, "progress": fail})
        assert db.versions() == []


def test_ctrl_c_cancels_a_long_call(tmp_path: Path) -> None:
    # A shell starts its background jobs deaf to Ctrl-C, and Python then leaves the signal ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with ee.open(tmp_path / "c.ee") as db:
        db.import_events(ring_columns(), progress=False)
        # The signal is sent once the call is seen to learn, however long that takes on a busy machine; the
        # call is long enough never to end by itself.
        learning = threading.Event()

        def interrupt() -> None:
            learning.wait()
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt, daemon=True).start()
        with pytest.raises(KeyboardInterrupt):
            db.train(**{**SMALL, "epochs": 100_000, "progress": lambda stage, done, total:
                        learning.set() if stage.startswith("item2vec") else None})
        assert db.versions() == [] and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_until(tmp_path: Path) -> None:
    with ee.open(tmp_path / "u.ee") as db:
        db.import_events(ring_columns(), progress=False)
        cut = datetime.datetime.fromtimestamp(1_600_000_000 + 1500 * 60, datetime.timezone.utc)
        version = db.train(until_ms=cut, **SMALL)
        assert version.metrics is not None and version.metrics.sessions == 50


def test_threads(ring: ee.Database) -> None:
    expected = ring.recommend([10, 11], k=10)
    wrong: List[Any] = []

    def query() -> None:
        for _ in range(300):
            answer = ring.recommend([10, 11], k=10)
            if answer != expected:
                wrong.append(answer)

    threads = [threading.Thread(target=query) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_fork(golden: ee.Database) -> None:
    golden.recommend([1000])
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            golden.recommend([1000])
        except errors.ForkedError:
            with ee.open(golden.path) as again:
                code = 0 if again.recommend([1000], k=3).items else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert golden.recommend([1000], k=3).items
