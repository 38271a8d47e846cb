"""Works without NumPy: the other tests again in a process where it cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BLOCK = """
import sys
sys.modules["numpy"] = None
import pytest
import embedengine._columns
assert embedengine._columns.np is None
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""

VIEWS = """
import sys
sys.modules["numpy"] = None
import embedengine as ee, gc
with ee.open(sys.argv[1]) as db:
    rows = db.vectors()
del db
gc.collect()
assert rows[0].readonly and rows[0].format == "f" and len(rows[0]) == 16
assert abs(sum(x * x for x in rows[-1]) - 1) < 1e-5
import array
with ee.open(sys.argv[1]) as db:
    s = ee.Sessions(array.array("q", [1000, 1010, 1011]), [0, 1, 3], actions=[0, 0, 1])
    b = db.recommend_batch(s, k=4)
    assert b[1] == db.recommend([1010, (1011, "carts")], k=4) and isinstance(b.items[0], list)
"""


def test_the_suite_passes(tmp_path: Path) -> None:
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-c", BLOCK,
         *(str(here / name) for name in ("test_golden.py", "test_verbs.py", "test_files.py"))],
        capture_output=True, text=True, cwd=here)
    assert run.returncode == 0, run.stdout + run.stderr


def test_views_keep_the_model(tmp_path: Path) -> None:
    from conftest import copy_golden

    run = subprocess.run(
        [sys.executable, "-c", VIEWS, str(copy_golden(tmp_path))], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
