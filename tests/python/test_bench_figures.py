"""The arithmetic and the writing of bench/peers: no program is run here."""

from __future__ import annotations

import json
import math
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench" / "peers"))

import figures  # noqa: E402
import parts  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
from runner import PYTHON, Failed, Runner, find  # noqa: E402


def test_median_of_odd_even_and_nothing():
    assert figures.median([3, 1, 2]) == 2
    assert figures.median([4, 1, 2, 3]) == 2.5
    with pytest.raises(ValueError):
        figures.median([])


def test_paired_ratio_says_how_much_better_we_are():
    assert figures.paired([1, 2, 4], [10, 10, 20], "less") == {"ratio": 5, "min": 5, "max": 10}
    assert figures.paired([10, 30], [5, 10], "more") == {"ratio": 2.5, "min": 2, "max": 3}


@pytest.mark.parametrize("ours, theirs, better", [
    ([1], [1, 2], "less"), ([], [], "less"), ([1], [1], "faster"), ([0], [1], "less"),
    ([1], [float("nan")], "more")])
def test_paired_refuses_what_is_no_pair(ours, theirs, better):
    with pytest.raises(ValueError):
        figures.paired(ours, theirs, better)


def test_qps_is_interpolated_in_its_logarithm():
    points = [(.9, 1000), (1.0, 10)]
    assert figures.qps_at(points, .95) == pytest.approx(100)
    assert figures.qps_at(points, .9) == pytest.approx(1000)
    assert figures.qps_at(points, 1.0) == pytest.approx(10)


def test_qps_at_the_ends():
    points = [(.97, 500), (.99, 100)]
    assert figures.qps_at(points, .95) == 500  # the cheapest setting is better than asked for
    assert figures.qps_at(points, .995) is None
    assert figures.qps_at([], .5) is None


def test_points_that_another_beats_are_left_out():
    points = [(.9, 100), (.95, 200), (.99, 50), (.98, 40)]
    assert figures.frontier(points) == [(.95, 200), (.99, 50)]
    assert figures.qps_at(points, .92) == 200
    assert figures.qps_at(points, .97) == pytest.approx(100)


def test_equal_recalls_do_not_divide_by_zero():
    assert figures.qps_at([(.9, 100), (.9, 50), (1, 10), (1, 5)], 1) == pytest.approx(10)


def test_error_target_binds_by_error_or_by_what_is_explained():
    assert figures.error_target(.07) == pytest.approx(.07 * 1.0001)
    little = figures.error_target(.9317)
    assert .9317 < little < .9317 * 1.0001
    assert 1 - little ** 2 == pytest.approx(.9999 * (1 - .9317 ** 2))
    for bad in (0, 1, float("nan")):
        with pytest.raises(ValueError):
            figures.error_target(bad)


def test_verdict():
    assert [figures.verdict(r, 2, 1.5) for r in (2, 1.7, 1.4)] == ["goal", "floor", "below"]
    assert figures.verdict(5, None, None) == ""
    assert figures.verdict(1.9, 2, None) == "below"


def test_numbers_have_three_digits():
    assert [figures.sensible(v) for v in (0.01234, 1.234, 56.78, 1234567.8, 0, None)] == [
        "0.0123", "1.23", "56.8", "1,234,568", "0", "–"]


def test_limit_holds_a_figure_against_itself():
    line = parts.limit("p50", "µs", [20, 40, 30], 30, 60)
    assert (line["ratio"], line["min"], line["max"], line["floor"], line["verdict"]) == (1, .75, 1.5, .5,
                                                                                         "goal")
    assert parts.limit("p50", "µs", [50], 30, 60)["verdict"] == "floor"
    assert parts.limit("p50", "µs", [61], 30, 60)["verdict"] == "below"


def test_sessions_are_split_as_the_peers_do(tmp_path):
    lines = [f'{{"session":{" " if i % 2 else ""}{i},"events":[]}}\n' for i in range(41)]
    (tmp_path / "all").write_text("".join(lines))
    parts.split(tmp_path / "all", tmp_path / "train", str(tmp_path / "test"))
    assert [json.loads(x)["session"] for x in (tmp_path / "test").read_text().splitlines()] == [0, 20, 40]
    assert len((tmp_path / "train").read_text().splitlines()) == 38


def test_commands_are_shown_without_this_machines_paths(tmp_path):
    runner = Runner(tmp_path / "bin" / "ee", tmp_path / "data", tmp_path / "peers", 1, 2, 42)
    shown = runner.shown([runner.program, "bench", runner.path("x.npy"), PYTHON, runner.script("nmf.py"), 3],
                         {"A": "1"})
    assert shown == "A=1 embedengine bench $D/x.npy python3 $PEERS/nmf.py 3"
    assert str(tmp_path) not in runner.shown([runner.path("")], {})


def test_a_program_that_fails_is_named(tmp_path):
    runner = Runner(tmp_path / "none", tmp_path, tmp_path, 1, 2, 42)
    with pytest.raises(Failed, match="exit code 3"):
        runner.run(sys.executable, "-c", "raise SystemExit(3)")
    assert runner.run(sys.executable, "-c", "print('words'); print('{\"a\": 1}')") == [{"a": 1}]
    assert find([{"a": 1, "b": 2}, {"a": 2}], a=2) == {"a": 2}
    with pytest.raises(Failed):
        find([{"a": 1}], a=3)


def test_results_are_written_and_gathered(tmp_path):
    runner = Runner("ee", tmp_path / "data", tmp_path / "peers", 2, 2, 42)
    found = {"runs": [{"ours": {"s": 1}}], "measures": [
        parts.measure("search", "queries per second", "more", [300, 200], [100, 100], 2, 1.5, "best")],
        "quality": [parts.quality("recall", .9712345, .97, True), parts.quality("rows", 1, 2, False)],
        "curves": {"set-1": {"ours": [(.8, 1000), (.99, 50)], "theirs": [(.9, 400), (.6, 9000)]}}}
    path = report.write(str(tmp_path / "cpu"), str(tmp_path), "ann", runner, found)
    record = json.loads(Path(path).read_text())
    assert record["plots"] == ["recall-qps-set-1.svg"]
    assert record["repeat"] == 2 and record["commit"] == "unknown"
    text = Path(report.readme(str(tmp_path / "cpu"))).read_text()
    assert ("| ann | search (queries per second) | 250 | 100 | best | 2.50× | 2.00 – 3.00 | 2× | 1.5× "
            "| goal |") in text
    assert "| ann | rows | 1 | 2 | **no** |" in text
    assert "recall-qps-set-1.svg" in text
    assert str(tmp_path) not in text + json.dumps(record)


def test_plot_is_well_formed_and_logarithmic():
    text = plot.recall_qps("a <b>", {"one & two": [(.7, 100), (.85, 1000), (1, 10_000)], "below": [(.1, 5)]})
    root = xml.fromstring(text)
    spots = [(float(c.get("cx")), float(c.get("cy")))
             for c in root.iter("{http://www.w3.org/2000/svg}circle")]
    assert len(spots) == 3  # recall .1 is off the picture
    assert spots[1][1] - spots[0][1] == pytest.approx(spots[2][1] - spots[1][1], abs=.2)
    assert spots[1][0] - spots[0][0] == pytest.approx(spots[2][0] - spots[1][0], abs=.2)
    assert all(math.isfinite(v) for spot in spots for v in spot)


def test_processor_has_a_folder_of_its_own():
    cpu = report.processor()
    assert cpu["processors"] >= 1
    assert all(c.isalnum() or c == "-" for c in report.slug(cpu))
