"""README.md and docs/*.md say what the build does: their marked blocks are run, and their outputs compared.

A mark is an HTML comment on the line before a fence:

  <!-- test: run -->          runs a block of sh, python or c; exit code 0 is asked for
  <!-- test: file NAME -->    writes the block to NAME
  <!-- test: output -->       the output of the block run before it

The blocks of a document run in order, in one temporary folder. An output agrees where its words do: runs of
blanks are one blank, empty lines do not count, a number with a decimal point or a unit of time or size is any
other such number, and … stands for anything, over lines too.
$EMBEDENGINE_CLI and $EMBEDENGINE_LIBRARY name the build."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLI, LIBRARY = os.environ.get("EMBEDENGINE_CLI"), os.environ.get("EMBEDENGINE_LIBRARY")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"<!-- test: (\w+)(?: (\S+))? -->\n```(\w*)\n(.*?)\n```\n", re.DOTALL)
NUMBER = re.compile(r"-?\d+\.\d+(e-?\d+)?|-?\d[\d,]*(?= ?(s|ms|µs|us|KB|MB|GB)\b)")


class Block(NamedTuple):
    line: int
    mark: str
    name: str
    language: str
    text: str


def blocks_of(text: str) -> List[Block]:
    return [
        Block(text.count("\n", 0, m.start()) + 1, m[1], m[2] or "", m[3], m[4]) for m in BLOCK.finditer(text)]


def words(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return NUMBER.sub("#", "\n".join(line for line in lines if line))


def agrees(shown: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part.strip()) for part in words(shown).split("…"))
    return re.fullmatch(pattern, words(printed).strip(), re.DOTALL) is not None


def tools(folder: Path) -> Path:
    """A folder for PATH with the command and the interpreter, by the names that documents use."""
    folder.mkdir()
    for name, command in (("embedengine", shlex.split(CLI or "")), ("python3", [sys.executable])):
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


def command_of(block: Block, folder: Path) -> List[str]:
    if block.language == "sh":
        return ["bash", "-euo", "pipefail", "-c", block.text]
    if block.language == "python":
        return [sys.executable, "-c", block.text]
    assert block.language == "c", f"line {block.line}: no way to run {block.language}"
    where = Path(LIBRARY or "").resolve().parent
    (folder / "block.c").write_text(block.text, encoding="utf-8")
    subprocess.run(
        ["gcc", "-std=c99", "-Wall", "-Werror", f"-I{ROOT / 'include'}", "block.c", "-o", "block",
         f"-L{where}", "-lembedengine", f"-Wl,-rpath,{where}"], cwd=folder, check=True)
    return ["./block"]


def run(command: List[str], folder: Path, environment: Dict[str, str]) -> Tuple[int, str]:
    """Exit code and output; what the command left running, a service for one, ends with it."""
    errors = folder / "stderr"
    with open(folder / "stdout", "w+", encoding="utf-8") as out, open(errors, "w", encoding="utf-8") as err:
        with subprocess.Popen(
                command, cwd=folder, env=environment, stdout=out, stderr=err,
                start_new_session=True) as child:
            try:
                code = child.wait(timeout=600)
            finally:
                try:
                    os.killpg(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        out.seek(0)
        printed = out.read()
    return code, printed if code == 0 else printed + errors.read_text(encoding="utf-8")


@pytest.mark.skipif(not CLI or not LIBRARY, reason="EMBEDENGINE_CLI and EMBEDENGINE_LIBRARY are not set")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_blocks_run_and_print_what_is_shown(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    environment = {
        **os.environ, "PATH": f"{tools(tmp_path / 'bin')}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "bindings" / "python"), "NO_COLOR": "1"}
    printed = ""
    for block in blocks_of(document.read_text(encoding="utf-8")):
        where = f"{document.name}:{block.line}"
        if block.mark == "file":
            (folder / block.name).write_text(block.text + "\n", encoding="utf-8")
        elif block.mark == "output":
            told = f"{where} shows\n{block.text}\nand this was printed\n{printed}"
            assert agrees(block.text, printed), told
        else:
            assert block.mark == "run", f"{where}: no mark {block.mark}"
            if block.language == "c" and shutil.which("gcc") is None:
                pytest.skip("gcc is not there")
            code, printed = run(command_of(block, folder), folder, environment)
            assert code == 0, f"{where} ended with {code}\n{printed}"


def test_every_mark_stands_before_a_fence() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert text.count("<!-- test:") == len(blocks_of(text)), document.name


def test_links_lead_to_files_that_are_there() -> None:
    missing = []
    for document in [*DOCUMENTS, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]:
        prose = re.sub(r"(?ms)^```.*?^```", "", document.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)", prose):
            if not (document.parent / target).exists():
                missing.append(f"{document.name}: {target}")
    assert not missing


@pytest.mark.parametrize("shown, printed, same", [
    ("a  b\n", "a b", True),
    ("took 3 s, 1.5 of 2", "took 41 s, 0.25 of 2", True),
    ("2 items", "3 items", False),
    ("rank\n…\n9 last", "rank\n1 first\n5 more\n9 last", True),
    ("rank … end", "rank 1 2 end\nmore", False),
])
def test_outputs_agree_where_words_do(shown: str, printed: str, same: bool) -> None:
    assert agrees(shown, printed) is same


def test_blocks_are_found_with_their_lines() -> None:
    text = "a\n<!-- test: file x.csv -->\n```csv\n1,2\n```\n\n```sh\nnot marked\n```\n"
    assert blocks_of(text) == [Block(2, "file", "x.csv", "csv", "1,2")]


