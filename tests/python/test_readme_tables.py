"""Tables of README.md and docs: their arithmetic, and that no figure stands there that is in no JSON file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "bench" / "peers")]

import readme_tables  # noqa: E402
import tables  # noqa: E402

CPU = {"name": "Fake 1", "family": "2", "model": "3", "level": "AVX2", "processors": 4}


def found(name: str, **more: Any) -> Dict[str, Any]:
    row = next(r for r in readme_tables.SETS if r[0] == name)
    sources = {
        "popularity": {"recall": .0094, "mrr": .002}, "session_knn": {"recall": .5337, "mrr": .19},
        "hybrid": {"recall": .5594, "recall_ci": [.5544, .5639], "mrr": .2042}}
    cost = {"user_s": 199.4, "peak_mb": 1638.4, "wall_s": 157.2}
    return {
        "name": name, "title": row[1], "short": row[2], "preset": readme_tables.trained_with(row[5]),
        "events": 906_140, "cases": 60_858, "import": {"user_s": .128, "peak_mb": 36.2, "wall_s": .2},
        "train": cost, "sources": sources, **more}


def measures(part: str) -> Dict[str, Any]:
    """A record with every measure and quality that the table asks of a part: ratio 2.5 or 12, 5 against 4."""
    wanted = [m for row in tables.PEERS if row[1] == part for m in row[2]]
    return {
        "part": part, "cpu": CPU, "repeat": 3, "quality": Everything(), "measures": [
            {"name": name, "unit": unit, "theirs": 1, "peer": "best of all: peer-1",
             "ratio": 12 if i else 2.46}
            for i, (name, unit) in enumerate(wanted)]}


class Everything(list):
    """A list of qualities that holds whatever name is asked for."""

    def __iter__(self):
        class Any_:
            def __getitem__(self, key: str) -> Any:
                return {"ours": 5, "theirs": 4}.get(key, self)

            def __eq__(self, other: object) -> bool:
                return True
        return iter([Any_()])


def test_numbers_as_papers_print_them() -> None:
    assert [tables.share(x) for x in (.5634, 1.0, 0.0, None)] == [".563", "1.000", ".000", "–"]
    assert [tables.seconds(x) for x in (.128, 9.99, 199.4)] == ["0.13 s", "9.99 s", "199 s"]
    assert [tables.memory(x) for x in (36.2, 1638.4)] == ["36 MB", "1.6 GB"]
    assert tables.microseconds(None) == "–"
    assert tables.microseconds({"p50_us": 38.4, "p99_us": 1103}) == "38 and 1,103 µs"


def test_quality_has_a_row_a_set_and_a_dash_for_what_is_not_there() -> None:
    head, line, row = tables.quality({"sets": [found("diginetica")]})
    assert head.startswith("| data | cases | popularity | self |") and line.startswith("|---|---:|")
    assert row == ("| Diginetica, its own test file | 60,858 | .009 | – | – | – | .534 | – "
                   "| **.559** (.554 – .564) | .204 |")


def test_cost_shows_requests_where_they_were_measured() -> None:
    requests = {"hybrid_default": {"p50_us": 38, "p99_us": 103}, "hybrid": {"p50_us": 264, "p99_us": 771}}
    _, _, plain, asked = tables.cost({"sets": [found("news"), found("diginetica", requests=requests)]})
    assert plain.endswith("| 906,140 | 0.13 s | 36 MB | 199 s | 1.6 GB | 157 s | – | – |")
    assert asked.endswith("| 38 and 103 µs | 264 and 771 µs |")


def test_best_source_of_a_set_is_bold_and_presets_stay_out() -> None:
    lines = tables.sources({"sets": [found("diginetica"), found("diginetica-best"), found("news")]})
    assert lines[0] == "| source | Diginetica | news week |"
    assert lines[2] == "| session_knn | **.534 / .190** | **.534 / .190** |"
    assert lines[-1] == "| popularity | .009 / .002 | .009 / .002 |"


def test_peers_show_ratios_runs_and_only_parts_that_are_there() -> None:
    lines = tables.peers({"walks": measures("walks"), "sgns": measures("sgns")})
    assert len(lines) == 4
    assert "| peer-1 | 2.5×, 12× | 3 |" in lines[2] and "recall@20 5.000, 5.000; theirs 4.000" in lines[2]
    assert lines[3] == "| random walks | peer-1 | 2.5× | 3 | 5 steps, theirs 4 |"


def test_fill_replaces_what_stands_between_the_marks_and_nothing_else() -> None:
    records = {"quality": {"cpu": CPU, "sets": [found("news")]}}
    text = ("a\n<!-- table: quality -->\nold\n<!-- /table -->\nb\n"
            "<!-- table: peers -->\nkept\n<!-- /table -->\n")
    filled = tables.fill(text, records, "bench/results/fake")
    assert "old" not in filled and "\nkept\n" in filled and filled.startswith("a\n") and "\nb\n" in filled
    assert "Fake 1, family 2 model 3, AVX2, 4 processors: [all figures]" in filled
    assert tables.fill(filled, records, "bench/results/fake") == filled
    assert tables.folder_of(filled) == "fake"


def test_new_sets_take_the_place_of_old_ones_in_the_order_of_the_table() -> None:
    old = [found("news", events=1), found("diginetica", events=2)]
    assert [(s["name"], s["events"]) for s in readme_tables.merged(old, [found("news", events=3)])] == [
        ("diginetica", 2), ("news", 3)]


def test_commands_are_shown_without_this_machines_paths(tmp_path: Path) -> None:
    shell = readme_tables.Shell("/somewhere/embedengine", str(tmp_path / "stores"), print)
    words = ("train", str(tmp_path / "stores" / "a.ee"), "--until", "2017-10-07T03:00:00Z", "/data/x.csv.gz")
    assert shell.shown(words) == "embedengine train a.ee --until 2017-10-07T03:00:00Z x.csv.gz"


def test_a_run_gives_its_json_and_its_cost(tmp_path: Path) -> None:
    program = tmp_path / "ee"
    program.write_text("#!/bin/sh\nprintf '{\"events\": 3}'\n", encoding="utf-8")
    program.chmod(0o755)
    told, took = readme_tables.Shell(str(program), str(tmp_path), lambda text: None).run("import", "a.ee")
    assert told == {"events": 3} and took["peak_mb"] > 0 and set(took) == {"user_s", "peak_mb", "wall_s"}
    program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="exit code 3"):
        readme_tables.Shell(str(program), str(tmp_path), lambda text: None).run("import", "a.ee")


@pytest.mark.parametrize("place", sorted(set(tables.PLACES.values())))
def test_documents_show_what_the_results_say(place: str) -> None:
    text = (ROOT / place).read_text(encoding="utf-8")
    names = [m[1] for m in tables.BLOCK.finditer(text)]
    assert sorted(names) == sorted(n for n, p in tables.PLACES.items() if p == place)
    link = "../bench/results/" if "/" in place else "bench/results/"
    for match in tables.BLOCK.finditer(text):
        folder = tables.folder_of(match[0])
        records = tables.load(str(ROOT / "bench" / "results" / folder))
        assert tables.fill(match[0], records, link + folder) == match[0], f"{place}: table {match[1]}"


def test_results_name_no_path_of_a_machine() -> None:
    for path in (ROOT / "bench" / "results").glob("*/quality.json"):
        text = path.read_text(encoding="utf-8")
        assert "/root" not in text and "/home" not in text and "/work" not in text and "/tmp" not in text
        assert json.loads(text)["part"] == "quality"
