"""The catalogue and filters through the package: files, columns, what they say, what passes."""

from __future__ import annotations

import copy
import datetime
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest
from conftest import SMALL, ring_columns

import embedengine as ee
from embedengine import errors


def items(answer: Any) -> List[Any]:
    return [s.item for s in answer]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Items 0 to 59 on a ring: price = item, category c(item % 4), every tenth out of stock."""
    directory = tmp_path_factory.mktemp("catalogue")
    rows = [
        f"{i},{i},c{i % 4},{0 if i % 10 == 0 else 5},{'even|all' if i % 2 == 0 else 'all'}"
        for i in range(60)]
    (directory / "items.csv").write_text("item,price,category,stock,tags\n" + "\n".join(rows) + "\n")
    with ee.open(directory / "shop.ee") as db:
        db.import_events(ring_columns(), progress=False)
        report = db.import_catalog(directory / "items.csv", progress=False)
        assert (report["items"], report["new_items"], report["rejected"]) == (60, 0, 0)
        db.train(**SMALL)
        yield db


def test_attributes(shop: ee.Database) -> None:
    kinds = {a["name"]: (a["type"], a["filled"]) for a in shop.attributes()}
    assert kinds == {"price": ("number", 60), "category": ("text", 60), "stock": ("number", 60),
                     "tags": ("tags", 60)}
    assert shop.item_attributes(4) == {"price": "4", "category": "c0", "stock": "5", "tags": "all|even"}
    assert shop.item_attributes(-4) == {}


def test_filters(shop: ee.Database) -> None:
    answer = items(shop.recommend([5], k=10, filter="price between 20 and 29 and stock > 0"))
    assert sorted(answer) == list(range(21, 30))
    assert set(items(shop.similar(5, k=60, filter="category in ('c1', 'c2')"))) == {
        i for i in range(60) if i % 4 in (1, 2) and i != 5}
    assert all(i % 2 == 0 for i in items(shop.bought_together([5], k=10, filter="tags has 'even'").items))
    vector = shop.model.vectors()[0]
    assert all(i > 50 for i in items(shop.search(vector, k=5, filter="price > 50")))
    assert all(i < 9 for i in items(shop.recommend_batch([[5], [6]], k=5, filter="price < 9")[1]))
    passes = ee.Filter("not (stock = 0)")
    assert all(i % 10 for i in items(shop.recommend([5], k=50, filter=passes)))
    for other in (copy.copy(passes), pickle.loads(pickle.dumps(passes))):
        assert other.expression == passes.expression


def test_changes_count_at_once(shop: ee.Database) -> None:
    passes = ee.Filter("colour = 'red'")
    with pytest.raises(errors.InvalidArgumentError, match="colour"):
        shop.recommend([5], filter=passes)
    added = datetime.datetime(2026, 1, 31, tzinfo=datetime.timezone.utc)
    assert shop.set_attributes(
        [7, 8, 1000], colour=["red", "blue", "red"], new=[True, None, False], added=[added, None, added],
        size=[1.5, float("nan"), 2], labels=[["a", "b"], None, []]) == 1
    assert items(shop.recommend([5], k=10, filter=passes)) == [7]
    assert shop.item_attributes(7) | {} == {
        **shop.item_attributes(7), "colour": "red", "new": "true", "added": "2026-01-31T00:00:00.000Z",
        "size": "1.5", "labels": "a|b"}
    shop.set_attributes([7, 9], {"colour": [None, "red"]})
    shop.set_attributes([7], size=[None], new=[1])
    assert "size" not in shop.item_attributes(7) and shop.item_attributes(7)["new"] == "true"
    assert items(shop.recommend([5], k=10, filter=passes)) == [9]
    with ee.open(shop.path) as other:
        assert items(other.recommend([5], k=10, filter=passes)) == [9]
        shop.set_attributes([9, 10], colour=["blue", "red"])
        other.refresh()
        assert items(other.recommend([5], k=10, filter="colour = 'red'")) == [10]


@pytest.mark.parametrize("text, column", [
    ("price >", 8), ("price > 'x'", 9), ("prise > 3", 1), ("price > 3 and", 14), ("(price > 3", 1),
    ("tags = 'x'", 1), ("", 1),
])
def test_wrong_filters_are_located(shop: ee.Database, text: str, column: int) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=f"column {column}\\b"):
        shop.recommend([5], filter=text)


@pytest.mark.parametrize("columns, said", [
    ({"price": ["x"]}, "element 0 is 'x', not a number"), ({"p": [1, 2]}, "p has 2 elements, items 1"),
    ({"p": [object()]}, "a object"), ({"p": [["x", 3]]}, "the tag 3"), ({"p": [float("inf")]}, "not finite"),
])
def test_wrong_columns(shop: ee.Database, columns: Any, said: str) -> None:
    with pytest.raises(errors.EmbedEngineError, match=said):
        shop.set_attributes([1], columns)


def test_catalogue_first_then_events(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"sku":"a","price":3,"tags":["x"]}\n{"sku":"b","price":4}\n')
    with ee.open(tmp_path / "s.ee") as db:
        report = db.import_catalog(
            tmp_path / "items.jsonl", attributes={"cost": "price:number"}, progress=False)
        assert report["key_kind"] == "string" and report["new_items"] == 2
        assert [a["name"] for a in report["attributes"]] == ["cost", "tags"]
        db.import_events({"sessions": [1, 1, 2, 2], "items": ["a", "b", "a", "b"]}, progress=False)
        assert db.item_attributes("b") == {"cost": "4"}
        with pytest.raises(errors.InvalidArgumentError, match="colour"):
            db.import_catalog(tmp_path / "items.jsonl", colour="x")


def shoe_or_mug(item: int) -> str:
    return f"red shoes no. {item % 40}" if item % 2 == 0 else f"coffee mug no. {item % 40}"


def test_items_after_the_training_are_answers(tmp_path: Path) -> None:
    def write(name: str, numbers: range) -> Path:
        path = tmp_path / name
        path.write_text("item,title,price\n" + "".join(f"k{i},{shoe_or_mug(i)},{i}\n" for i in numbers))
        return path

    log = tmp_path / "log.csv"
    log.write_text("session,item,time\n" + "".join(
        f"{s},k{(s * 7 + e * 2) % 60},{1_700_000_000 + s * 100 + e}\n" for s in range(300) for e in range(4)))
    with ee.open(tmp_path / "shop.ee") as db:
        db.import_events(log, progress=False)
        db.import_catalog(write("items.csv", range(60)), progress=False)
        db.train(**SMALL)
        with pytest.raises(errors.UnknownError):
            db.similar("k75", space="content")
        code = ("import embedengine as ee, sys\n"
                "ee.open(sys.argv[1]).import_catalog(sys.argv[2], progress=False)")
        subprocess.run(
            [sys.executable, "-c", code, str(db.path), str(write("new.csv", range(60, 90)))], check=True)
        db.refresh()
        # The same title was trained, so nothing is more like it.
        assert items(db.similar("k75", k=1)) == ["k35"]
        alike = items(db.recommend(["k75"], k=40, source="content"))
        assert sorted(int(i[1:]) % 2 for i in alike) == [1] * 40
        assert [i for i in alike if int(i[1:]) >= 60 and i != "k75"]
        assert any(int(i[1:]) >= 60 for i in items(db.recommend(["k4", "k8"], k=20)))
        only = items(db.recommend(["k4"], k=30, filter="price >= 70 and price < 80"))
        assert sorted(only) == [f"k{i}" for i in range(70, 80)]
        assert items(db.recommend(["k75"], k=3, source="session_knn", seen="drop"))
        assert db.set_attributes(["k90"], title=["coffee mug no. 35"]) == 1
        assert items(db.similar("k90", k=2)) in (["k35", "k75"], ["k75", "k35"])
        db.write_bundle(tmp_path / "shop.eeb")
    with ee.open_bundle(tmp_path / "shop.eeb") as device:
        assert items(device.similar("k75", k=2)) in (["k35", "k90"], ["k90", "k35"])


def test_rules_of_order(shop: ee.Database) -> None:
    plain = items(shop.recommend([5], k=10))
    assert items(shop.recommend([5], k=10, boosts=["price = 50 * 1000"]))[0] == 50
    boost = ee.Boost("price = 51 * 1e6")
    assert repr(boost) == "Boost('price = 51 * 1e6')" and pickle.loads(pickle.dumps(boost)).expression
    assert items(shop.recommend([5], k=10, boosts=[boost, "price = 50 * 1000"]))[:2] == [51, 50]
    pinned = items(shop.recommend([5], k=10, pins={44: 1, plain[0]: 3, -7: 2}))
    assert (pinned[0], pinned[2], len(pinned)) == (44, plain[0], 10) and -7 not in pinned
    last = items(shop.recommend([5], k=60, bury="stock = 0"))
    assert sorted(last[-6:]) == [0, 10, 20, 30, 40, 50] and len(last) == 60
    assert len(shop.recommend([5], k=10, caps={"category": 2})) == 8
    assert items(shop.recommend([5], k=60, weight_by=("price", 1.0)))[0] == 59
    spread = items(shop.recommend([5], k=4, diversity=1.0, diversity_by="category"))
    assert len(spread) == 4
    spread = items(
        shop.recommend([5], k=2, diversity=1.0, diversity_by="stock", filter="price in (9, 10, 11)"))
    assert len({i % 10 == 0 for i in spread}) == 2
    rules = {"boosts": ["price = 50 * 1000"], "pins": {44: 2, 3: 1}, "deny": [3],
             "weight_by": ("price", 0.25)}
    answer = shop.recommend([5], k=3, **rules)
    told = shop.explain_rules(answer, **rules)
    assert told["items"][0] == ["boost price = 50 * 1000", "weight by price * 0.25: 50"]
    assert told["items"][1] == ["pinned at 2", "weight by price * 0.25: 44"]
    assert told["ignored"] == [
        "pin of item 3 at 1: the filter or the sets of the request do not allow it"]


@pytest.mark.parametrize("rules, said", [
    ({"boosts": ["price > 3"]}, "a boost ends with"), ({"boosts": "price > 3 * 2"}, "one text"),
    ({"boosts": ["prise > 3 * 2"]}, "did you mean 'price'"), ({"pins": {5: 0}}, "place 0"),
    ({"pins": {5: 1.5}}, "whole number"), ({"caps": {"brnd": 1}}, "'brnd'"),
    ({"caps": {"stock": 0}}, "cap of stock"),
    ({"weight_by": ("price", 1.5)}, "not 0 to 1"), ({"weight_by": "price"}, "weight_by is"),
    ({"weight_by": ("category", 0.5)}, "is a text"), ({"diversity_by": "taste"}, "'taste'"),
    ({"bury": "prise > 3"}, "did you mean 'price'"),
])
def test_wrong_rules_of_order_are_named(shop: ee.Database, rules: Any, said: str) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=said):
        shop.recommend([5], **rules)
    assert len(shop.recommend([5], k=5)) == 5
