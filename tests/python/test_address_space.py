"""Under a limit of the address space the library leaves the host room, and says so where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import copy_golden

PROGRAM = """
import resource, sys
limit = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
import embedengine as ee
with ee.open(sys.argv[2]) as db:
    assert db.recommend([1010], k=3).items
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    assert limit - used > limit // 16, f"{used >> 20} of {limit >> 20} MB are taken"
"""


@pytest.mark.parametrize("megabytes", [400, 600, 2000])
def test_a_limit_leaves_the_host_its_share(megabytes: int, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(megabytes), str(copy_golden(tmp_path))],
        capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert run.returncode == 0, run.stdout + run.stderr


def test_too_little_is_an_error_before_the_runtime_starts(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, "150", str(copy_golden(tmp_path))],
        capture_output=True, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    assert run.returncode == 1 and "EngineMemoryError" in run.stderr, run.stdout + run.stderr
