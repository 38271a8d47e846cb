"""Columns and arguments as people have them: generators, gaps, NumPy numbers, datetimes; each works, or says
in our own words how it would."""

from __future__ import annotations

import copy
import datetime
import pickle
import warnings
from pathlib import Path
from typing import Any, Dict

import pytest

import embedengine as ee
from embedengine import errors

UTC = datetime.timezone.utc


@pytest.fixture
def empty(tmp_path: Path) -> Any:
    with ee.open(tmp_path / "s.ee") as db:
        yield db


def take(db: ee.Database, columns: Dict[str, Any], **options: Any) -> ee.ImportReport:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return db.import_events(columns, progress=False, **options)


def test_generators_keep_their_first_element(empty: ee.Database) -> None:
    report = take(empty, {
        "sessions": (x for x in [1, 1, 2, 2]), "items": map(int, "1213"), "actions": iter(["view"] * 4)})
    assert (report.events, report.items) == (4, 3)


def test_texts_by_generator(empty: ee.Database) -> None:
    report = take(empty, {"users": (u for u in ["a", "a", "b"]), "items": iter(["x", "y", "x"])})
    assert (report.events, report.key_kind) == (3, "string")


def test_missing_values(empty: ee.Database) -> None:
    nan = float("nan")
    report = take(empty, {
        "users": ["a", "a", None, nan, "None"], "items": ["x", "y", "x", "y", "x"],
        "actions": ["view", None, "buy", "view", nan]})
    assert (report.events, report.rejected) == (2, 3)
    assert report.events_by_action == {"clicks": 2}


@pytest.mark.parametrize("columns, says", [
    ({"sessions": [1, 1], "items": [10, None]}, "element 1 is missing"),
    ({"sessions": [1, 1], "items": [10, 2.5]}, "items: element 1 is 2.5"),
    ({"sessions": "11", "items": [1, 2]}, "sessions is one str"),
    ({"sessions": [1, 1], "items": 7}, "items is a int"),
    ({"sessions": [1, 1], "items": [1, 2], "actions": ["view", 3]}, "actions mixes str with int"),
    ({"sessions": [1, 1], "items": [1, 2], "times_ms": [datetime.datetime(2024, 1, 1), None]},
     "times_ms: element 1 is missing"),
])
def test_faults_name_the_column(empty: ee.Database, columns: Dict[str, Any], says: str) -> None:
    with pytest.raises(ee.EmbedEngineError) as e:
        take(empty, columns)
    assert says in str(e.value)


def test_times_of_any_kind(empty: ee.Database) -> None:
    zone = datetime.timezone(datetime.timedelta(hours=2))
    first = datetime.datetime(2024, 1, 1, 10, tzinfo=zone)
    report = take(empty, {
        "users": ["a", "a", "b"], "items": ["x", "y", "x"],
        "times_ms": [first, datetime.datetime(2024, 1, 1, 8, 1), datetime.date(2024, 1, 3)]})
    assert report.first_ms == datetime.datetime(2024, 1, 1, 8, tzinfo=UTC).timestamp() * 1000
    assert report.last_ms == datetime.datetime(2024, 1, 3, tzinfo=UTC).timestamp() * 1000
    empty.observe("a", "x", time_ms=first)


def test_seconds_for_milliseconds_are_named(empty: ee.Database) -> None:
    with pytest.warns(ee.EmbedEngineWarning, match="1970"):
        empty.import_events(
            {"sessions": [1, 1], "items": [1, 2], "times_ms": [1_700_000_000, 1_700_000_060]}, progress=False)
    with pytest.raises(errors.InvalidArgumentError, match="milliseconds"):
        empty.observe(1, 1, time_ms=1_700_000_000)


def test_a_missing_key_is_not_observed(golden: ee.Database) -> None:
    for key in (None, float("nan"), ""):
        with pytest.raises(ee.EmbedEngineError):
            golden.observe(key, 1010)  # type: ignore[arg-type]
        with pytest.raises(ee.EmbedEngineError):
            golden.observe(17, key)  # type: ignore[arg-type]


def test_numbers_of_numpy(golden: ee.Database) -> None:
    np = pytest.importorskip("numpy")
    assert golden.recommend([np.int64(1010)], k=np.int64(2)) == golden.recommend([1010], k=2)
    assert golden.similar(np.int32(1010), k=np.uint8(3)) == golden.similar(1010, k=3)
    assert golden.popular(np.int64(2)) == golden.popular(2)
    table = np.array([1, 1, 2], dtype=object)
    columns = {"sessions": table, "items": np.array([5, 6, 5], dtype=object)}
    with ee.open(Path(golden.path).parent / "n.ee") as db:
        assert take(db, columns, min_session=np.int64(2)).events == 3


def test_wrong_arguments_say_so(golden: ee.Database) -> None:
    for call in (lambda: golden.similar(45.7), lambda: golden.recommend("1010"),
                 lambda: golden.recommend([1010], k=2.5), lambda: golden.recommend([1010], k=0)):
        with pytest.raises(errors.InvalidArgumentError):
            call()


def test_a_text_is_not_a_session(tmp_path: Path) -> None:
    with ee.open(tmp_path / "t.ee") as db:
        take(db, {"sessions": [1, 1, 2, 2] * 40, "items": ["abc", "b", "abc", "c"] * 40})
        db.train(dimensions=8, epochs=1, min_count=1, preset="fast", ranker=False, progress=False)
        with pytest.raises(errors.InvalidArgumentError, match="list"):
            db.recommend("abc")


def test_copies_open_the_store_again(golden: ee.Database) -> None:
    expected = golden.recommend([1010], k=3)
    for other in (copy.copy(golden), copy.deepcopy(golden), pickle.loads(pickle.dumps(golden))):
        assert other.recommend([1010], k=3) == expected
        other.close()
    assert golden.recommend([1010], k=3) == expected
    with golden.open_model() as model:
        for attempt in (copy.deepcopy, pickle.dumps):
            with pytest.raises(errors.InvalidArgumentError):
                attempt(model)
        assert copy.copy(model).recommend([1010], k=3) == expected
        assert model.recommend([1010], k=3) == expected


def test_a_frame_says_how(empty: ee.Database) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"u": ["a", "a"], "i": ["x", "y"]})
    with pytest.raises(errors.InvalidArgumentError, match='frame'):
        empty.import_events(frame, progress=False)
    at = pandas.Series(pandas.to_datetime(["2024-01-01 10:00", "2024-01-01 10:05"])).dt.tz_localize("UTC")
    report = take(empty, {"users": frame["u"], "items": frame["i"], "times_ms": at})
    assert report.first_ms == datetime.datetime(2024, 1, 1, 10, tzinfo=UTC).timestamp() * 1000


def test_the_report_says_what_was_taken(empty: ee.Database, tmp_path: Path) -> None:
    log = tmp_path / "e.csv"
    log.write_text("customer_id,t_dat,article_id,price\nu1,2020-09-01,7,1\nu1,2020-09-03,8,2\n")
    report = empty.import_events(log, progress=False)
    assert report.columns == {"user": "customer_id", "time": "t_dat", "item": "article_id"}
    assert (report.unused_columns, report.time_unit, report.key_kind) == (["price"], "iso", "int64")


def test_categories_and_titles_of_items(empty: ee.Database) -> None:
    users = [user for user in range(40) for _ in range(3)]
    items = [["a", "b", "c"][place] for _ in range(40) for place in range(3)]
    take(empty, {
        "users": users, "items": items, "times_ms": [1_700_000_000_000 + 1000 * i for i in range(120)],
        "categories": ["shoes" if item == "a" else None for item in items],
        "titles": [f"Item {item}" for item in items]})
    empty.train(preset="fast", dimensions=4, progress=False)
    assert empty.model.item_category("a") == "shoes"
    assert empty.model.item_category("b") is None
    with pytest.raises(ee.EmbedEngineError, match="titles has 1 elements"):
        take(empty, {"users": [1, 1], "items": ["a", "b"], "titles": ["one"]})


def test_an_action_new_to_the_store_is_said_once(golden: ee.Database) -> None:
    assert golden.knows_action("carts")
    with pytest.warns(ee.EmbedEngineWarning, match="'wished_for' is new"):
        golden.observe(17, 1010, action="wished_for")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        golden.observe(17, 1010, action="wished_for")
        golden.observe(17, 1010, action="carts")
