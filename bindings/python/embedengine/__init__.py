"""EmbedEngine: recommendations from event logs, in one process, from one directory.

    import embedengine as ee

    with ee.open("shop.ee") as db:
        db.import_events("events.jsonl.gz")
        version = db.train()
        print(version.metrics)
        for item, score, _ in db.recommend([(45, "clicks"), (98, "carts")], k=20):
            print(item, score)
        db.similar(45, k=10)

Queries may run from any number of threads. NumPy is used when it is there and never needed. After fork,
open the store again in the child.
"""

from __future__ import annotations

from . import errors
from ._library import lib as _lib
from .database import Database
from .errors import EmbedEngineError, EmbedEngineWarning
from .filters import Boost, Filter
from .model import Model, open_bundle, unpack_bundle
from .online import split_bucket
from .results import (
    Basket, Batch, ImportReport, Measured, Path, Profile, Reason, Recommendations, Report, Scored, Sessions,
    SimilarUser, SourceMetrics, Version,
)

__all__ = [
    "Basket", "Batch", "Boost", "Database", "EmbedEngineError", "EmbedEngineWarning", "Filter",
    "ImportReport", "Measured", "Model", "Profile", "Reason", "Recommendations", "Report", "Scored",
    "Sessions", "SimilarUser", "SourceMetrics", "Version",
    "errors", "library_version", "open", "open_bundle", "simd_level", "split_bucket", "unpack_bundle",
]


def open(path: Path, *, verify: str = "header", read_only: bool = False, wait: float = 0) -> Database:
    """Opens a store; the first import makes it. verify: "header", or "full" to check every byte of a
    version. read_only writes nothing into the store; nobody else may write to it meanwhile. wait: seconds a
    call that writes waits for another writer before LockedError."""
    return Database(path, verify=verify, read_only=read_only, wait=wait)


def library_version() -> str:
    """Version of the native library."""
    return str(_lib.ee_version().decode())


__version__ = library_version()


def simd_level() -> str:
    """Vector instructions it uses here."""
    return str(_lib.ee_simd_level().decode())
