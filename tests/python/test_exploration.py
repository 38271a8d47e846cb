"""Exploration and fallbacks through the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, List

import pytest
from conftest import SMALL, ring_columns

import embedengine as ee
from embedengine import errors

FILE = "item,title,category,brand\n"


def items(answer: Any) -> List[Any]:
    return [s.item for s in answer]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Items 0 to 59 on a ring, 60 to 99 in the catalogue alone: category c(item % 2), brand b(item % 5).
    After the training come 900 of a category, 901 of a brand, 902 of neither but a maker."""
    directory = tmp_path_factory.mktemp("exploration")
    rows = [f"{i},thing no. {i} of kind {i % 2},c{i % 2},b{i % 5}" for i in range(100)]
    (directory / "items.csv").write_text(FILE + "\n".join(rows) + "\n")
    (directory / "test.jsonl").write_text("".join(
        json.dumps({"items": [i, i + 1], "target": i + 2}) + "\n" for i in range(50)))
    with ee.open(directory / "shop.ee") as db:
        db.import_events(ring_columns(), progress=False)
        db.import_catalog(directory / "items.csv", progress=False)
        db.train(**SMALL, ranker=0)
        db.set_attributes([900, 901, 902, 3], category=["c1", "none", None, None],
                          brand=[None, "b2", "none", None], maker=[None, None, "me", "me"])
        yield db, directory


def test_exploring(shop: Any) -> None:
    db = shop[0]
    plain = db.recommend([5], k=10)
    assert plain.explored == 0 and items(db.recommend([5], k=10, explore=0)) == items(plain)
    asked = {"explore": 0.3, "explore_seed": 7}
    answer = db.recommend([5], k=10, **asked)
    new = [s for s in answer if s.explored]
    assert answer.explored == len(new) == 3 and all(s.item >= 60 for s in new)
    assert all(s.item % 2 == 1 and "explored" in s.reasons and "content" in s.reasons for s in new)
    assert items(db.recommend([5], k=10, **asked)) == items(answer)
    told = db.explain_explored([5], answer, **asked)
    assert [t is not None for t in told] == [s.explored for s in answer]
    assert all(t.startswith("explored: evidence 0, taken 0, drawn 0.") for t in told if t)
    assert "drawn" not in str(db.explain_explored([5], answer))
    batch = db.recommend_batch([[5]] * 4, k=10, **asked)
    assert [a.explored for a in batch] == [3] * 4
    assert len({tuple(items(a)) for a in batch}) > 1


def test_exploring_is_measured(shop: Any) -> None:
    db, directory = shop
    report = db.evaluate(directory / "test.jsonl", sources=["hybrid"], explore=0.2, progress=False)
    told = report.exploration
    assert (told["cases"], told["little_known"]) == (50, 40) and told["places"] == 50 * 4
    assert told["shown"] > told["shown_without"] and len(told["difference"]["recall_ci"]) == 2
    assert db.evaluate(directory / "test.jsonl", sources=["hybrid"], progress=False).exploration is None


def test_fallbacks_name_their_step(shop: Any) -> None:
    db = shop[0]
    near = db.recommend([900], k=5, source="content")  # new, but placed by its texts
    assert near.fallback is None and all(i % 2 == 1 for i in items(near) if i < 100)
    # Where no texts are learned there is nothing to say of a new item but its values.
    db.train(**SMALL, ranker=0, content=0)
    category = db.recommend([900], k=5)
    assert category.fallback == "category" and all(i % 2 == 1 for i in items(category))
    brand = db.recommend([901], k=5)
    assert brand.fallback == "brand" and all(i % 5 == 2 for i in items(brand))
    maker = db.recommend([902], k=5, fallback_by=["brand", "maker"])
    assert maker.fallback == "maker" and items(maker)[0] == 3
    assert db.recommend_batch([[902]], k=5, fallback_by=["maker"])[0].fallback == "maker"
    assert db.recommend([902], k=5).fallback == "unknown_items"
    assert items(db.recommend([900], k=5, padding=False)) == []


@pytest.mark.parametrize("rules", [
    {"explore": 1.5}, {"explore": float("nan")}, {"explore": 0.1, "explore_seed": 0},
    {"explore_seed": "7"}, {"fallback_by": "brand"}, {"fallback_by": ["nothing"]}, {"fallback_by": [""]},
])
def test_what_is_wrong_is_refused(shop: Any, rules: Any) -> None:
    with pytest.raises(errors.InvalidArgumentError):
        shop[0].recommend([5], **rules)
