"""Damaged stores and mutated event files through the native library, in a process of their own: never a
crash, a hang or a defect; with full verification an error or the same answer. CONTRIBUTING.md, "On demand",
has the variables."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict

import pytest
from conftest import copy_golden

import embedengine as ee

PROGRAM = Path(__file__).with_name("damage.py")
FULL = os.environ.get("EMBEDENGINE_FULL") == "1"
# Fixed in the suite: a red run of CI must be the same run again.
SEED = int(os.environ.get("EMBEDENGINE_FLIP_SEED", random.randrange(1 << 30) if FULL else 1))
HANG_SECONDS = 600


def number(variable: str, small: int, large: int) -> int:
    return int(os.environ.get(variable, large if FULL else small))


def run(kind: str, directory: Path, count: int) -> Dict[str, int]:
    """Runs the program to its end; what ended it early, or where it stands still, is the message."""
    progress = directory / "progress"
    progress.write_text("start")
    with subprocess.Popen(
            [sys.executable, str(PROGRAM), kind, str(directory), str(progress), str(count), str(SEED)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        place, since = "", time.monotonic()
        while True:
            try:
                output, error = child.communicate(timeout=1)
                break
            except subprocess.TimeoutExpired:
                now = progress.read_text()
                if now != place:
                    place, since = now, time.monotonic()
                if time.monotonic() - since > HANG_SECONDS:
                    child.kill()
                    pytest.fail(f"hangs at {now}, seed {SEED}")
    assert child.returncode == 0, \
        f"exit {child.returncode} at {progress.read_text()}, seed {SEED}\n{error[-3000:]}"
    tally: Dict[str, int] = json.loads(output)
    print(kind, tally, "seed", SEED)
    return tally


@pytest.mark.parametrize("kind", ["flips", "prefixes"])
def test_damaged_store(tmp_path: Path, kind: str) -> None:
    with ee.open(copy_golden(tmp_path)) as db:
        db.observe(17, 1010)  # a live log lies beside
        tally = run(kind, tmp_path, number("EMBEDENGINE_FLIPS", 250, 0))
    assert tally["errors"] and tally["answers"] and tally["faults"] and tally["refused"], tally


def test_mutated_event_files(tmp_path: Path) -> None:
    tally = run("imports", tmp_path, -number("EMBEDENGINE_FUZZ_SECONDS", -200, 60))
    assert tally["imported"] and tally["refused"], tally
