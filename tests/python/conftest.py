"""What the Python tests share: the package from the checkout, stores in temporary directories."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "Fixtures"
sys.path.insert(0, str(ROOT / "bindings" / "python"))
os.environ.setdefault("PYTHONPATH", str(ROOT / "bindings" / "python"))

import embedengine as ee  # noqa: E402

SMALL: Dict[str, Any] = dict(
    dimensions=16, epochs=3, min_count=1, threads=1, deterministic=True, progress=False)


def ring_columns(events: int = 1800, size: int = 60) -> Dict[str, List[Any]]:
    """Sessions of six neighbours on a ring of items: what follows an item is the next."""
    rows = [(i // 6, (i // 6 * 7 + i % 6) % size, 1_600_000_000_000 + i * 60_000) for i in range(events)]
    return {
        "sessions": [r[0] for r in rows], "items": [r[1] for r in rows], "times_ms": [r[2] for r in rows],
        "actions": ["carts" if i % 5 == 4 else "clicks" for i in range(events)],
    }


def copy_golden(to: Path) -> Path:
    """A copy: opening a store may create files beside its catalog."""
    return Path(shutil.copytree(FIXTURES / "golden.ee", to / "golden.ee"))


@pytest.fixture
def golden(tmp_path: Path) -> Iterator[ee.Database]:
    with ee.open(copy_golden(tmp_path)) as db:
        yield db


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ee.Database]:
    with ee.open(tmp_path_factory.mktemp("ring") / "ring.ee") as db:
        db.import_events(ring_columns(), progress=False)
        db.train(**SMALL)
        yield db


@pytest.fixture(scope="module")
def text_ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ee.Database]:
    columns = ring_columns()
    columns["items"] = [f"näme {i}" for i in columns["items"]]
    columns["users"] = [f"user-{s}" for s in columns.pop("sessions")]
    with ee.open(tmp_path_factory.mktemp("text") / "text.ee") as db:
        db.import_events(columns, progress=False)
        db.train(**SMALL)
        yield db
