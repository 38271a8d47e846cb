"""Lines hold 110 characters, in code and in Markdown's prose: longer ones are not read beside anything else.

In Markdown tables, fenced blocks, links and marks may be longer; elsewhere nothing may."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 110
CODE = (".cs", ".py", ".c", ".h", ".sh", ".ps1")


def tracked() -> List[Path]:
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout of git")
    return [ROOT / name for name in listed.split("\0") if name]


def long_lines(text: str) -> Iterator[Tuple[int, int]]:
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > COLUMNS:
            yield number, len(line)


def prose(text: str) -> str:
    """Markdown with the lines emptied that may be long."""
    kept, fenced = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        free = fenced or line.lstrip().startswith(("|", "```", "<!--")) or re.search(r"\]\([^)]*\)", line)
        kept.append("" if free else line)
    return "\n".join(kept)


def report(files: List[Path], markdown: bool) -> List[str]:
    found = []
    for path in files:
        if path.exists():
            text = path.read_text(encoding="utf-8-sig")
            found += [f"{path.relative_to(ROOT)}:{n}: {length} columns"
                      for n, length in long_lines(prose(text) if markdown else text)]
    return found


def test_code_holds_110_columns() -> None:
    assert not report([p for p in tracked() if p.suffix in CODE], markdown=False)


def test_prose_holds_110_columns() -> None:
    written = [p for p in tracked() if p.suffix == ".md" and "results" not in p.parts]
    assert not report(written, markdown=True)


def test_what_may_be_long_in_markdown_is_let_through() -> None:
    long = "x" * 120
    text = f"| {long} |\n```\n{long}\n```\n[a]({long})\n<!-- {long} -->\n{long}\n"
    assert list(long_lines(prose(text))) == [(7, 120)]
