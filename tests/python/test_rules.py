"""Rules, reasons, baskets, files of sessions, inspection and comparison through the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, List

import pytest
from conftest import SMALL

import embedengine as ee
from embedengine import errors


def items(answer: Any) -> List[Any]:
    return [s.item for s in answer]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Items 0 to 39 in categories c0 to c3; each third session orders."""
    directory = tmp_path_factory.mktemp("shop")
    lines = ["session,item,ts,action,category"]
    for s in range(400):
        for e in range(4):
            item = (s * 7 + e) % 40
            action = "order" if s % 3 == 0 else "click"
            lines.append(f"{s},{item},{1_700_000_000 + s * 100 + e},{action},c{item % 4}")
    (directory / "log.csv").write_text("\n".join(lines) + "\n")
    with ee.open(directory / "shop.ee") as db:
        db.import_events(directory / "log.csv", progress=False)
        db.train(**SMALL)
        yield db


def test_rules(shop: ee.Database) -> None:
    plain = items(shop.recommend([5], k=8))
    # A fusion ranks its parts among what may be answered: what stays may change places.
    assert set(items(shop.recommend([5], k=8, deny=plain[:3]))[:5]) == set(plain[3:])
    assert sorted(items(shop.recommend([5], k=8, allow=[7, 30, 7, -1]))) == [7, 30]
    assert all(i % 4 in (1, 2) for i in items(shop.recommend([5], k=8, allow_categories=["c1", "c2"])))
    assert all(i % 4 != 2 for i in items(shop.recommend([5], k=8, deny_categories=["c2"])))
    assert len(shop.recommend([5], k=8, max_per_category=1)) == 4
    assert len(set(items(shop.recommend([5], k=8, diversity=0.5)))) == 8
    spread = items(shop.recommend([5], k=4, diversity=1.0, diversity_by="category"))
    assert len({i % 4 for i in spread}) == 4
    batch = shop.recommend_batch([[5], [6]], k=8, deny=plain[:3])
    assert not set(plain[:3]) & set(items(batch[0])) and items(shop.recommend([5], k=8)) == plain
    assert shop.model.category("c1") >= 0 and shop.model.item_category(6) == "c2"


@pytest.mark.parametrize("rules, kind", [
    ({"allow": []}, errors.InvalidArgumentError), ({"diversity": 2.0}, errors.InvalidArgumentError),
    ({"diversity_by": "taste"}, errors.InvalidArgumentError), ({"colour": 1}, errors.InvalidArgumentError),
    ({"max_per_category": -1}, errors.InvalidArgumentError),
    ({"deny_categories": ["c9"]}, errors.UnknownError),
])
def test_wrong_rules(shop: ee.Database, rules: Any, kind: Any) -> None:
    with pytest.raises(kind):
        shop.recommend([5], **rules)


def test_category_rules_need_categories(golden: ee.Database) -> None:
    with pytest.raises(errors.UnknownError, match="--category"):
        golden.recommend([1010], max_per_category=1)
    assert golden.model.item_category(1010) is None


def test_explain_and_baskets(shop: ee.Database) -> None:
    session = [(5, "clicks"), (20, "clicks")]
    answer = shop.recommend(session, k=6, source="hybrid_default")
    reasons = shop.explain(session, answer)
    assert len(reasons) == len(answer)
    for scored, reason in zip(answer, reasons):
        if reason.because is not None:
            assert reason.because == session[reason.event][0] and reason.source in scored.reasons
    assert any(r.because == 20 for r in reasons)
    assert shop.explain([], []) == []
    basket = shop.bought_together([5, 6], k=3)
    assert basket.source == "bought_together" and not {5, 6} & set(items(basket.items))
    with pytest.raises(errors.UnknownError):
        shop.bought_together([-9])


def test_max_history(shop: ee.Database, tmp_path: Path) -> None:
    test = tmp_path / "test.jsonl"
    test.write_text("".join(f'{{"items":[{i},{i + 1}],"target":{i}}}\n' for i in range(20)))
    whole = shop.evaluate(test, sources=["self"], progress=False)
    cut = shop.evaluate(test, sources=["self"], max_history=1, progress=False)
    assert (whole["self"].recall.value, cut["self"].recall.value) == (1, 0)
    with pytest.raises(errors.InvalidArgumentError, match="--test"):
        shop.evaluate(max_history=1)


def test_robots(tmp_path: Path) -> None:
    columns = {
        "items": [1, 2, 3, 1, 2], "sessions": [1, 1, 1, 2, 2], "times_ms": [1000, 2000, 3000, 1000, 2000],
    }
    with ee.open(tmp_path / "robots.ee") as db:
        report = db.import_events(columns, max_events_per_minute=2, progress=False)
        assert (report.sessions, report.robot_sessions, report.long_sessions) == (2, 1, 0)


def test_record(shop: ee.Database, tmp_path: Path) -> None:
    test = tmp_path / "kept.jsonl"
    test.write_text('{"items":[1],"target":2}\n')
    report = shop.evaluate(test, sources=["self"], k=3, record=True, progress=False)
    kept = shop.versions()[-1].evaluations[-1]
    assert (kept["file"], kept["k"], kept["protocol"]) == ("kept.jsonl", 3, "next")
    assert kept["sources"]["self"]["recall"] == report["self"].recall.value
    assert shop.evaluate().recorded[-1] == kept and shop.manifest()["evaluations"][-1] == kept
    with pytest.raises(errors.InvalidArgumentError, match="--test"):
        shop.evaluate(record=True)


def test_export_of_counts(shop: ee.Database, tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    report = shop.export(out, "cooccurrence", window=1, progress=False)
    header, *lines = out.read_text().splitlines()
    assert header == "item_id,neighbor_id,count" and len(lines) == report["rows"]
    pairs = {(a, b): int(n) for a, b, n in (line.split(",") for line in lines)}
    assert all(pairs[b, a] == n for (a, b), n in pairs.items()) and pairs["5", "6"] > 0
    assert shop.export(out, "ppmi", shift=1.5, format="jsonl", progress=False)["rows"] <= report["rows"] * 3
    with pytest.raises(errors.InvalidArgumentError, match="store"):
        shop.model.export(out, "ppmi")


def test_popular(shop: ee.Database, golden: ee.Database) -> None:
    found = shop.popular(k=5)
    assert len(found) == 5 and [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert found[0].reasons == ["popularity"] and items(shop.model.popular(k=5)) == items(found)
    orders = shop.popular(k=40, window_days=7, action="buy")
    assert orders == shop.popular(k=40, window_days=7, action="orders") and 0 < len(orders) <= 40
    assert shop.popular(action="carts") == []
    with pytest.raises(errors.InvalidArgumentError, match="0, 1, 7, 28"):
        shop.popular(window_days=3)
    with pytest.raises(errors.UnknownError, match="stars"):
        shop.popular(action="stars")


def test_recommend_file(shop: ee.Database, tmp_path: Path) -> None:
    given, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text('{"session_id":"x","session":[5]}\nbad\n{"items":[{"item":6,"action":"carts"}]}\n')
    report = shop.recommend_file(given, out, k=3, deny=[7], explain=True, progress=False)
    assert (report["sessions"], report["rejected"], report["first_errors"][0]["line"]) == (2, 1, 2)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert lines[0]["session_id"] == "x" and "because" in lines[0]["items"][0] and lines[1]["items"] == []
    assert [i["item"] for i in lines[0]["items"]] == items(shop.recommend([5], k=3, deny=[7]))
    with pytest.raises(errors.BadInputError):
        shop.recommend_file(given, tmp_path / "not.jsonl", max_errors=0, progress=False)
    assert not (tmp_path / "not.jsonl").exists()


def test_inspect_and_compare(shop: ee.Database, tmp_path: Path) -> None:
    report = shop.inspect(3, k=5, source="covisitation")
    assert report["session"] == "3" and report["trained"] and len(report["steps"]) == 3
    assert report["steps"][0]["ranks"]["covisitation"] == report["steps"][0]["rank"]
    with pytest.raises(errors.UnknownError):
        shop.inspect("no such")
    test = tmp_path / "t.csv"
    test.write_text("session,item,ts,action\n" + "".join(
        f"t{s},{(s + e) % 40},{1_800_000_000 + s * 10 + e},{'order' if e else 'click'}\n" for s in range(30)
        for e in range(3)))
    assert shop.inspect(test=test, steps=1)["file"] == str(test)
    measured = shop.evaluate(test, protocol="rest", compare_with=1)
    assert measured.compared is not None and measured.compared["sources"]["hybrid"]["recall"] == 0
    assert measured["hybrid"].recall_orders is not None and measured["hybrid"].novelty is not None
    assert measured.slices["short"]["cases"] > 0
    with pytest.raises(errors.InvalidArgumentError):
        shop.evaluate(compare_with=1)
