"""Users: what comes next for them, vectors, traits, live events, fresh versions."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any, Dict, List

import pytest

import embedengine as ee

START = 1_700_000_000_000
DAY = 86_400_000


def columns() -> Dict[str, List[Any]]:
    """Forty customers in two segments of twenty items each, eight visits."""
    chance = random.Random(1)
    made: Dict[str, List[Any]] = {name: [] for name in ("sessions", "users", "items", "times_ms", "actions")}
    session = 0
    for visit in range(8):
        for customer in range(40):
            session += 1
            for event in range(4):
                made["sessions"].append(session)
                made["users"].append(f"c{customer}")
                made["items"].append(20 * (customer % 2) + chance.randrange(20))
                made["times_ms"].append(START + visit * DAY + customer * 60_000 + event * 1000)
                made["actions"].append("orders" if event == 3 else "clicks")
    return made


@pytest.fixture(scope="module")
def shop(tmp_path_factory: Any) -> Any:
    with ee.open(tmp_path_factory.mktemp("users") / "shop.ee") as db:
        db.import_events(columns(), progress=False)
        db.train(preset="fast", dimensions=8, epochs=5, min_count=1, traits=2, ranker_requests=300,
                 ranker_trees=5, progress=False)
        yield db


def test_a_known_user_gets_their_segment(shop: ee.Database) -> None:
    assert shop.model.user_count == 40
    for user in ("c1", "c3"):
        answer = shop.recommend_user(user, k=10)
        assert answer.fallback is None
        assert sum(item >= 20 for item in answer.items) >= 6
    assert shop.recommend_user("nobody", k=5).fallback == "popularity"
    assert shop.recommend_user("nobody", [3], k=5).fallback == "session"
    assert shop.recommend_user("nobody", [3], k=5).items == shop.recommend([3], k=5).items
    assert shop.recommend_user("nobody", k=5, source="user").fallback == "centroid"


def test_a_batch_is_one_by_one(shop: ee.Database) -> None:
    users, sessions = ["c1", "nobody", "c2"], [[21, 22], [], [3]]
    batch = shop.recommend_user_batch(users, sessions, k=6)
    assert [answer.items for answer in batch] == [
        shop.recommend_user(user, session, k=6).items for user, session in zip(users, sessions)]
    assert [answer.fallback for answer in shop.recommend_user_batch(users, k=3)] == [None, "popularity", None]
    with pytest.raises(ee.EmbedEngineError, match="1 sessions for 2 users"):
        shop.recommend_user_batch(["a", "b"], [[1]])


def test_profiles(shop: ee.Database) -> None:
    profile = shop.profile("c1")
    assert profile.events == 32 and profile.fallback is None
    assert len(profile.vector) == 8 and len(profile.traits) == 2
    assert math.isclose(math.sqrt(sum(float(x) ** 2 for x in profile.vector)), 1, abs_tol=1e-5)
    assert math.isclose(sum(map(float, profile.traits)), 1, abs_tol=1e-5)
    assert profile.about is not None and profile.about["depends_on"] == shop.model.version
    assert shop.profile("c1", vector="recency").about["kind"] == "recency"  # type: ignore[index]
    assert shop.profile("nobody").fallback == "centroid"
    with pytest.raises(ee.EmbedEngineError):
        shop.profile("c1", vector="soup")


def test_traits_and_who_is_alike(shop: ee.Database) -> None:
    traits = shop.traits()
    assert traits["k"] == 2 and traits["customers"] == 40
    assert all(trait["name"] and trait["items"] and trait["customers"] for trait in traits["traits"])
    for by in ("traits", "vector"):
        alike = shop.similar_users("c1", 10, by=by)
        assert len(alike) == 10 and alike[0].score >= alike[-1].score
        assert sum(int(user.user[1:]) % 2 for user in alike) >= 8


def test_what_is_observed_is_known_at_once_then_folded_in(tmp_path: Path) -> None:
    with ee.open(tmp_path / "shop.ee") as db:
        db.import_events(columns(), progress=False)
        db.train(preset="fast", dimensions=8, traits=2, ranker=0, progress=False)
        assert db.profile("new").events == 0
        db.observe("new", 21, time_ms=START + 20 * DAY)
        db.observe("new", 22, time_ms=START + 20 * DAY + 1000)
        assert db.profile("new").events == 2
        with ee.open(db.path) as other:
            assert other.profile("new").events == 2
        report = db.refresh_version()
        assert report["version"] == 2 and report["new_events"] == 2
        assert db.model.version == 2 and db.model.user_count == 41
        assert db.refresh_version(customers_only=True)["renewed"] == ["histories", "customers"]
        assert db.forget(user="new")["new_version"] == 4
        assert db.profile("new").events == 0


def test_a_users_vector_finds_what_follows(shop: ee.Database) -> None:
    profile = shop.profile("c1")
    assert profile.about is not None
    version = profile.about["depends_on"]
    found = shop.search(profile.vector, 10, side="out", of_version=version)
    assert len(found) == 10 and sum(scored.item >= 20 for scored in found) >= 8
    both = shop.search([list(profile.vector), list(shop.profile("c2").vector)], 5, side="out")
    assert both[0] == found[:5] and len(both[1]) == 5
    assert [s.item for s in shop.search(profile.vector, 3, allow=[1, 2, 3])] != []
    assert found[0].item not in [s.item for s in shop.search(profile.vector, 40, deny=[found[0].item])]
    for bad, says in (([0.5] * 7, "another space"), ([math.nan] * 8, "holds NaN")):
        with pytest.raises(ee.EmbedEngineError, match=says):
            shop.search(bad)
    with pytest.raises(ee.EmbedEngineError, match="made in version 9"):
        shop.search(profile.vector, of_version=9)
    with pytest.raises(ee.EmbedEngineError, match="sets and a filter alone"):
        shop.search(profile.vector, diversity=0.5)
    with pytest.raises(ee.EmbedEngineError, match="--tokens action-item"):
        shop.similar_tokens("buy_3")


def test_histories_are_measured_against_sessions(shop: ee.Database, tmp_path: Path) -> None:
    test = tmp_path / "later.csv"
    rows = [f"{9000 + c},c{c},{20 * (c % 2) + (c * 7 + e) % 20},{(START + 9 * DAY) // 1000 + c * 60 + e}"
            for c in range(40) for e in range(3)]
    test.write_text("session,user,item,time\n" + "\n".join(rows) + "\n")
    report = shop.evaluate(test, history="user", progress=False)
    assert report.history == "user" and report.cases == 80
    assert "recall" in report.against_session["hybrid"]  # type: ignore[index]
    assert report["history"].recall.value > 0


def test_reasons_name_items_of_the_past(shop: ee.Database) -> None:
    answer = shop.recommend_user("c1", [25], k=10)
    reasons = shop.explain([25], answer, user="c1")
    assert len(reasons) == 10
    assert all((r.because is None) == (r.event == -1) for r in reasons)
    assert {r.event for r in reasons} <= {-2, -1, 0}
    past = shop.recommend_user("c1", k=10, source="covisitation_history")
    assert -2 in {r.event for r in shop.explain([], past, user="c1")}


def test_an_item_never_seen_is_found_by_what_it_was_seen_with(tmp_path: Path) -> None:
    given = columns()
    given["items"] = [f"sku-{item}" for item in given["items"]]
    with ee.open(tmp_path / "live.ee") as db:
        db.import_events(given, progress=False)
        db.train(preset="fast", dimensions=8, epochs=2, min_count=1, traits=0, ranker=0,
                 progress=False)
        assert "nagelneu" not in db.recommend(["sku-3"], k=10).items
        for user in ("x", "y"):
            db.observe(user, "sku-3", "clicks", time_ms=START + 100 * DAY)
            db.observe(user, "nagelneu", "clicks", time_ms=START + 100 * DAY + 1000)
        answer = db.recommend(["sku-3"], k=10)
        assert "nagelneu" in answer.items
        reasons = db.explain(["sku-3"], answer)
        assert reasons[answer.items.index("nagelneu")].because == "sku-3"
        alone = db.recommend(["nagelneu"], k=3)
        assert alone.fallback is None and alone.items[0] == "sku-3"
        for _ in range(2):
            db.profile("x")
        cache = db.model.profile_cache
        assert cache["hits"] > 0 and 0 < cache["hit_rate"] < 1 and cache["count"] > 0
