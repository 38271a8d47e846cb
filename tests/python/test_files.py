"""What leaves and enters a store as files: export, vectors in, bundles, backup; stores opened read-only."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, List

import pytest
from conftest import copy_golden

import embedengine as ee
from embedengine import errors


def answers(model: Any) -> List[Any]:
    return [model.recommend([(1010, "clicks"), (1011, "carts")], k=10), model.similar(1010, k=5)]


@pytest.mark.parametrize("format", ["npy", "w2v", "jsonl"])
def test_vectors_out_and_in(golden: ee.Database, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"vectors.{format}"
    stages: List[str] = []
    report = golden.export(file, format=format, progress=lambda stage, *_: stages.append(stage))
    rows = len(golden.items())
    assert stages and report["version"] == golden.model.version and report["rows"] == rows
    assert report["dimensions"] == len(golden.vectors()[0])
    names = [str(file)] + ([f"{file}.ids.npy"] if format == "npy" else [])
    assert report["files"] == names and all(Path(f).stat().st_size > 0 for f in names)
    before = golden.model.version
    told = golden.import_vectors(
        file, "again", format=format, name="imported", threads=1, m=8, ef_construction=40)
    assert told["space"] == "again" and told["items"] == rows and told["missing"] == told["rejected"] == 0
    assert golden.model.version == told["version"] != before and golden.model.spaces == ["item2vec", "again"]
    assert golden.model.manifest()["name"] == "imported" and golden.manifest() == golden.model.manifest()
    for item in list(golden.items())[:10]:
        own, other = golden.similar(item, k=3), golden.similar(item, k=3, space="again")
        assert [s.score for s in own] == pytest.approx([s.score for s in other], abs=1e-5)
    unpublished = golden.import_vectors(file, "third", publish=False)["version"]
    assert golden.model.version == told["version"] and golden.open_model(unpublished).spaces[-1] == "third"


def test_popularity_neighbors_manifest(golden: ee.Database, tmp_path: Path) -> None:
    rows = len(golden.items())
    assert golden.export(tmp_path / "p.csv", "popularity")["rows"] == rows
    table = list(csv.DictReader((tmp_path / "p.csv").open()))
    assert len(table) == rows and int(table[0]["item_id"]) in set(golden.items())
    golden.export(tmp_path / "p.jsonl", "popularity", format="jsonl")
    assert json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])["rank"] == 1
    golden.export(tmp_path / "n.csv", "neighbors")
    assert {r["kind"] for r in csv.DictReader((tmp_path / "n.csv").open())} == {"symmetric", "directed"}
    golden.export(tmp_path / "n.jsonl", "neighbors", format="jsonl")
    assert len((tmp_path / "n.jsonl").read_text().splitlines()) == rows
    assert golden.export(tmp_path / "m.json", "manifest")["dimensions"] == 0
    assert json.loads((tmp_path / "m.json").read_text()) == golden.manifest()
    out = golden.export(tmp_path / "out.jsonl", format="jsonl", out_vectors=True, space="item2vec")
    line = json.loads(Path(out["files"][0]).read_text().splitlines()[0])
    assert line["embedding"] == pytest.approx(list(golden.vectors(out=True)[0]), abs=1e-6)


def test_text_keys(text_ring: ee.Database, tmp_path: Path) -> None:
    report = text_ring.export(tmp_path / "v.npy")
    assert report["files"][1].endswith(".ids.txt")
    assert Path(report["files"][1]).read_text().splitlines() == list(text_ring.items())
    with pytest.raises(errors.InvalidArgumentError, match="näme"):  # a blank in a key
        text_ring.export(tmp_path / "v.w2v", format="w2v")
    assert not list(tmp_path.glob("v.w2v*"))


def test_bundle(golden: ee.Database, tmp_path: Path) -> None:
    file = tmp_path / "golden.eeb"
    report = golden.write_bundle(file)
    assert report["path"] == str(file) and report["bytes"] == file.stat().st_size
    assert report["version"] == golden.model.version and "vectors-item2vec" in report["artifacts"]
    for verify in ("header", "full"):
        with ee.open_bundle(file, verify=verify) as model:
            assert answers(model) == answers(golden) and model.manifest() == golden.manifest()
            assert model.spaces == ["item2vec"]
            assert model.export(tmp_path / "from-bundle.npy")["rows"] == model.item_count
            model.write_bundle(tmp_path / "again.eeb")
            assert (tmp_path / "again.eeb").read_bytes() == file.read_bytes()
    without = golden.write_bundle(tmp_path / "small.eeb", spaces=[])
    assert without["bytes"] < report["bytes"]
    with ee.open_bundle(tmp_path / "small.eeb") as model:
        assert model.spaces == [] and model.recommend([1010], k=5).items
        with pytest.raises(errors.UnknownError):
            model.similar(1010)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(errors.CorruptError, match="golden.eeb"):
        ee.open_bundle(file)


def test_compressed_bundle(golden: ee.Database, tmp_path: Path) -> None:
    plain, packed, back = tmp_path / "m.eeb", tmp_path / "m.eebz", tmp_path / "back.eeb"
    golden.write_bundle(plain)
    report = golden.write_bundle(packed, compress=True)
    assert report["bytes"] == packed.stat().st_size < plain.stat().st_size
    with pytest.raises(errors.EmbedEngineError):
        ee.open_bundle(packed)
    told = ee.unpack_bundle(packed, back)
    assert told == {"version": golden.model.version, "bytes": plain.stat().st_size}
    assert back.read_bytes() == plain.read_bytes()
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(errors.CorruptError):
        ee.unpack_bundle(packed, tmp_path / "not.eeb")
    assert not (tmp_path / "not.eeb").exists()


def test_upgrade_of_a_store_of_this_format_changes_nothing(golden: ee.Database) -> None:
    formats = golden.upgrade()
    assert formats["from"] <= formats["to"] and golden.upgrade() == {"from": formats["to"],
                                                                     "to": formats["to"]}



def test_backup(golden: ee.Database, tmp_path: Path) -> None:
    golden.observe(7, 1010)
    report = golden.backup(tmp_path / "copy.ee")
    assert report["path"] == str(tmp_path / "copy.ee") and report["versions"] == 1 and report["attempts"] == 1
    with ee.open(tmp_path / "copy.ee") as copy:
        assert answers(copy) == answers(golden) and copy.verify(full=True)["sound"]
        assert copy.compact()["removed_events"] == 0 and copy.info()["events"] == golden.info()["events"] + 1
    with pytest.raises(errors.InvalidArgumentError, match="copy.ee"):
        golden.backup(tmp_path / "copy.ee")
    with pytest.raises(errors.CancelledError):
        golden.backup(tmp_path / "never.ee", progress=lambda *_: True)
    assert not list(tmp_path.glob("never*"))


def test_read_only(tmp_path: Path) -> None:
    store = copy_golden(tmp_path)
    with ee.open(store) as db:
        assert db.exists and not db.is_read_only
    before = sorted(str(p) for p in store.rglob("*"))
    with ee.open(store, read_only=True) as db:
        assert db.is_read_only and answers(db)[0].items and db.verify(full=True)["sound"]
        for write in (lambda: db.observe(1, 1010), lambda: db.publish(1), lambda: db.collect(1), db.compact):
            with pytest.raises(errors.ReadOnlyError):
                write()  # type: ignore[operator]
    assert sorted(str(p) for p in store.rglob("*")) == before
    with ee.open(tmp_path / "none.ee") as db:
        assert not db.exists


@pytest.mark.parametrize("call, error", [
    (lambda db, d: db.export(d / "x", "everything"), errors.InvalidArgumentError),
    (lambda db, d: db.export(d / "x", format="xml"), errors.InvalidArgumentError),
    (lambda db, d: db.export(d / "x", "manifest", format="npy"), errors.InvalidArgumentError),
    (lambda db, d: db.export(d / "x", space="nowhere"), errors.UnknownError),
    (lambda db, d: db.export(d / "no" / "x"), errors.EmbedEngineError),
    (lambda db, d: db.export(""), errors.InvalidArgumentError),
    (lambda db, d: db.import_vectors(d / "absent.npy", "s"), errors.NotFoundError),
    (lambda db, d: db.import_vectors(d / "absent.npy", "item2vec"), errors.InvalidArgumentError),
    (lambda db, d: db.import_vectors(d / "absent.npy", "a b"), errors.InvalidArgumentError),
    (lambda db, d: db.import_vectors(d / "absent.npy", "s", m=1), errors.InvalidArgumentError),
    (lambda db, d: db.import_vectors(d / "absent.npy", "s", format="csv"), errors.InvalidArgumentError),
    (lambda db, d: db.write_bundle(d / "x", spaces=["nowhere"]), errors.UnknownError),
    (lambda db, d: db.write_bundle(d / "no" / "x"), errors.EmbedEngineError),
    (lambda db, d: ee.open_bundle(d / "absent.eeb"), errors.NotFoundError),
    (lambda db, d: ee.open_bundle(d), errors.EmbedEngineError),
    (lambda db, d: db.backup(d / "no" / "x"), errors.NotFoundError),
    (lambda db, d: db.backup(db.path), errors.InvalidArgumentError),
])
def test_errors(golden: ee.Database, tmp_path: Path, call: Any, error: Any) -> None:
    files = sorted(tmp_path.glob("*"))
    with pytest.raises(error) as raised:
        call(golden, tmp_path)
    assert str(raised.value) and raised.value.code != -99
    assert sorted(tmp_path.glob("*")) == files
