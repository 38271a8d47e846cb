"""A forked child opens the store again and does everything a process can, whatever its parent did before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import copy_golden

# The parent is a fresh process: what this one has done must not help or harm. A child that hangs is a failure
# of the test by the limit, which no load reaches: a training of this size takes seconds.
PROGRAM = """
import os, sys
import embedengine as ee
how, store, bundle, later = sys.argv[1:]
columns = {
    "sessions": [i // 6 for i in range(1800)], "items": [(i // 6 * 7 + i % 6) % 60 for i in range(1800)],
    "times_ms": [1_600_000_000_000 + i * 60_000 for i in range(1800)]}
small = dict(dimensions=16, epochs=2, min_count=1, preset="fast", progress=False)
kept = []
if how in ("used", "trained"):
    db = ee.open(store)
    db.recommend([1000])
    kept.append(db)
if how == "trained":
    kept[0].train(threads=2, **small)
if how == "bundle":
    model = ee.open_bundle(bundle)
    model.recommend([1000])
    kept.append(model)
for turn in range(3):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with ee.open(store) as again:
                again.recommend([1000], k=3)
                again.import_events(columns, progress=False)
                again.train(threads=2, **small)
                again.evaluate(later, progress=False)
                code = 0 if again.recommend([1000], k=3).items else 2
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        sys.exit(f"child {turn}: {code}")
for opened in kept:
    opened.recommend([1000], k=3)
"""


@pytest.mark.parametrize("how", ["imported", "used", "trained", "bundle"])
def test_child_does_everything(how: str, tmp_path: Path) -> None:
    import embedengine as ee

    store = copy_golden(tmp_path)
    bundle = tmp_path / "golden.eeb"
    later = tmp_path / "later.csv"
    later.write_text("session,item,time\n" + "".join(
        f"{s},{s % 50 + i},{1_700_000_000 + s * 1000 + i}\n" for s in range(20) for i in range(4)))
    with ee.open(store) as db:
        db.write_bundle(bundle)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, str(store), str(bundle), str(later)], capture_output=True,
        text=True, timeout=600, env=os.environ)
    assert run.returncode == 0, run.stdout + run.stderr
