"""Better with NumPy: columns in and out without loops. Skipped where there is none; test_without_numpy
covers the rest."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from conftest import SMALL, copy_golden, ring_columns

import embedengine as ee

np = pytest.importorskip("numpy")


def test_vectors_are_read_only_views_that_keep_the_model(tmp_path: Path) -> None:
    with ee.open(copy_golden(tmp_path)) as db:
        vectors = db.vectors()
        model = db.open_model()
        own = model.vectors(out=True)
        model.close()
    del db, model
    gc.collect()
    assert vectors.dtype == np.float32 and not vectors.flags.writeable and not vectors.flags.owndata
    assert vectors.ctypes.data % 64 == 0
    with pytest.raises(ValueError):
        vectors[0, 0] = 1
    with pytest.raises(ValueError):
        vectors.flags.writeable = True
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert own.shape == vectors.shape and np.isfinite(own).all()


def test_columns_and_batches(tmp_path: Path) -> None:
    columns = ring_columns()
    arrays = {
        "sessions": np.array(columns["sessions"], dtype=np.int32),
        "items": np.array(columns["items"]),
        "times_ms": np.array(columns["times_ms"]).astype("datetime64[ms]"),
        "actions": np.array(columns["actions"]),
    }
    with ee.open(tmp_path / "lists.ee") as a, ee.open(tmp_path / "arrays.ee") as b:
        told = [a.import_events(columns, progress=False), b.import_events(arrays, progress=False)]
        assert told[0].events == told[1].events == 1800
        a.train(**SMALL)
        b.train(**SMALL)
        assert a.recommend([10, 11]) == b.recommend([10, 11])
        sessions = [[1, 2], [], [30], [(4, "carts"), 5]]
        lists = b.recommend_batch(sessions, k=6)
        flat = b.recommend_batch(ee.Sessions(
            np.array([1, 2, 30, 4, 5]), np.array([0, 2, 2, 3, 5]), actions=np.array([0, 0, 0, 1, 0])), k=6)
        assert lists.items.shape == (4, 6)
        assert lists.items.dtype == np.int64 and lists.scores.dtype == np.float32
        np.testing.assert_array_equal(lists.items, flat.items)
        np.testing.assert_array_equal(lists.scores, flat.scores)
        assert b.similar_batch(np.array([1, 2]), k=3).items.shape == (2, 3)
        rows = b.model.rows(b.items())
        np.testing.assert_array_equal(rows, np.arange(60))


def test_bad_columns(tmp_path: Path) -> None:
    with ee.open(tmp_path / "bad.ee") as db:
        for items in (np.array([1.0]), np.array([[1]]), np.array([2**63], dtype=np.uint64)):
            with pytest.raises(ee.errors.InvalidArgumentError):
                db.import_events({"items": items, "users": np.array([1])}, progress=False)
