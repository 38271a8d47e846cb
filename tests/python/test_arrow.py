"""Tables of other packages (Arrow's C stream), vectors in memory, dicts and data frames as catalogues."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any, Dict

import pytest
from arrow_table import Table
from conftest import SMALL, ring_columns

import embedengine as ee
from embedengine import errors


def given_back(table: Table) -> bool:
    gc.collect()
    return (table.streams_released, table.released, table.capsules_freed) == (1, table.given, 1)


def catalogue() -> Dict[str, Any]:
    return {
        "sku": ("u", ["tent", "mat", "mug"]), "name": ("u", ["00712", "Foam mat", None]),
        "stock": ("l", [4, None, 7]), "price": ("g", [19.9, 5.0, None]), "sale": ("b", [False, True, None]),
        "added": ("tsm:UTC", [1_769_860_800_123, 0, None]), "tags": ("+l u", [["b", "a"], [], None]),
        "embedding": ("+l f", [[1, 2], [3, 4], [5, 6]])}


def test_catalogue(tmp_path: Path) -> None:
    table = Table(catalogue(), batches=2)
    with ee.open(tmp_path / "shop.ee") as db:
        with pytest.warns(ee.EmbedEngineWarning, match="'embedding' holds vectors"):
            report = db.import_catalog(table)
        assert (report["items"], report["new_items"], report["rejected"]) == (3, 3, 0)
        assert given_back(table) and table.given == 2
        assert {a["name"]: (a["type"], a["filled"]) for a in db.attributes()} == {
            "title": ("text", 2), "stock": ("number", 2), "price": ("number", 2), "sale": ("bool", 2),
            "added": ("time", 2), "tags": ("tags", 1)}
        assert db.item_attributes("tent") == {
            "title": "00712", "stock": "4", "price": "19.9", "sale": "false",
            "added": "2026-01-31T12:00:00.123Z", "tags": "a|b"}
        gone = Table({"id": ("u", ["tent"]), "stock": ("l", [None]), "size": ("u", ["12"])})
        report = db.import_catalog(gone, item="id", attributes={"sleeps": "size:number"})
        assert "stock" not in db.item_attributes("tent") and db.item_attributes("tent")["sleeps"] == "12"
        assert report["columns"]["sleeps"] == "size"


def test_catalogue_errors(tmp_path: Path) -> None:
    with ee.open(tmp_path / "shop.ee") as db:
        failing = Table(catalogue(), error="the disk is on fire")
        with pytest.raises(errors.BadInputError, match="the disk is on fire"):
            db.import_catalog(failing)
        odd = Table({"sku": ("u", ["a"]), "odd one": ("ttu", [1])})
        with pytest.raises(errors.BadInputError, match="column 'odd one' is of the Arrow type 'ttu'"):
            db.import_catalog(odd)
        refused = Table(catalogue())
        with pytest.raises(errors.InvalidArgumentError):
            db.import_catalog(refused, max_errors=-1)
        assert given_back(failing) and given_back(odd) and given_back(refused)

        class Nothing:
            def __arrow_c_stream__(self) -> object:
                return 7

        with pytest.raises(errors.InvalidArgumentError, match="gave no arrow_array_stream"):
            db.import_catalog(Nothing())
        closed = Table(catalogue())
    with pytest.raises(errors.HandleError):
        db.import_catalog(closed)


def test_catalogue_of_columns(tmp_path: Path) -> None:
    class Frame(Dict[str, Any]):
        """What is asked of a pandas frame without pyarrow."""

        dtypes: Any = None

        @property
        def columns(self) -> Any:
            return list(self)

        def __arrow_c_stream__(self) -> object:
            raise ImportError("pyarrow")

    columns = {"item_id": [1, 2], "price": [2.5, None], "labels": [["b"], ["a", "b"]]}
    with ee.open(tmp_path / "shop.ee") as db:
        report = db.import_catalog(columns)
        assert (report["items"], report["new_items"], report["columns"]["item"]) == (2, 2, "item_id")
        assert db.item_attributes(1) == {"price": "2.5", "labels": "b"}
        report = db.import_catalog(Frame({"x": [2, 3], "cost": [1, 4]}), item="x",
                                   attributes={"price": "cost:number"})
        assert report["new_items"] == 1 and db.item_attributes(3) == {"price": "4"}
        for wrong, options in ((columns, {"item": "no"}), ({"x": [1]}, {}), (columns, {"strict": 1}),
                               (columns, {"attributes": {"a": "b"}})):
            with pytest.raises(errors.InvalidArgumentError):
                db.import_catalog(wrong, **options)


def test_events(tmp_path: Path) -> None:
    columns = ring_columns()
    table = Table({"session_id": ("l", columns["sessions"]), "item_id": ("l", columns["items"]),
                   "timestamp": ("tsm:", columns["times_ms"]), "event_type": ("u", columns["actions"])})
    with ee.open(tmp_path / "a.ee") as a, ee.open(tmp_path / "b.ee") as b:
        one = a.import_events(columns, progress=False)
        two = b.import_events(table, progress=False)
        assert (one.events, one.sessions, one.items) == (two.events, two.sessions, two.items)
        assert given_back(table)
        digests = []
        for db in (a, b):
            db.train(**SMALL)
            digests.append({x["name"]: x["digest"] for x in db.manifest()["artifacts"]})
        assert digests[0] == digests[1]
        with pytest.raises(errors.BadInputError, match="no item column"):
            b.import_events(Table({"x": ("l", [1])}))


@pytest.mark.parametrize("dtype", ["list", "float16", "float32", "float64"])
def test_vectors_in_memory(golden: ee.Database, dtype: str) -> None:
    items = list(golden.items())[:8]
    rows: Any = [[1.0, i, i % 3] for i in range(8)]
    if dtype != "list":
        rows = pytest.importorskip("numpy").array(rows, dtype=dtype)
    told = golden.import_vectors(rows, "own", items=items)
    assert (told["items"], told["dimensions"], told["waiting"], told["rejected"]) == (8, 3, 0, 0)
    found = golden.search([1.0, 3, 0], k=1, space="own")
    assert [s.item for s in found] == [items[3]]
    with pytest.raises(errors.InvalidArgumentError, match="one for each of the 2 items"):
        golden.import_vectors(rows, "own", items=items[:2])
    with pytest.raises(errors.InvalidArgumentError, match="not from a"):
        golden.import_vectors(rows, "own")


def test_vectors_of_new_items(tmp_path: Path) -> None:
    with ee.open(tmp_path / "ring.ee") as db:
        db.import_events(ring_columns(), progress=False)
        db.train(**SMALL)
        db.set_attributes([501], price=[3])
        table = Table({"item": ("l", [0, 30, 501, 502]),
                       "clip": ("+l f", [[1, 0], [0, 1], [4, 1], [1, 4]]), "n": ("g", [1, 2, 3, 4])})
        told = db.import_vectors(table, "clip", add_items=True)
        assert given_back(table)
        assert (told["items"], told["waiting"], told["new_items"], told["unknown"]) == (2, 2, 1, 0)
        db.train(**SMALL)
        assert [s.item for s in db.similar(0, k=3, space="clip")] == [501, 502, 30]
        assert [s.item for s in db.search([1, 4], k=1, space="clip")] == [502]
        bad = Table({"item": ("l", [0]), "a": ("+l f", [[1, 0]]), "b": ("+l f", [[1, 0]])})
        with pytest.raises(errors.BadInputError, match="2 columns hold lists"):
            db.import_vectors(bad, "clip")
        again = db.import_vectors(Table(bad.columns), "clip", vectors_column="b", item="item")
        assert (again["items"], again["dimensions"]) == (1, 2)
