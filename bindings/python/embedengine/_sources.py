"""Candidate sources as the loaded library names them: a source that it adds needs no edit here."""

from __future__ import annotations

from functools import lru_cache
from typing import Dict, Optional, Tuple

from ._library import lib

_BITS = 32  # sources are bits of a uint32


@lru_cache(maxsize=None)
def names() -> Tuple[Optional[str], ...]:
    """Name by number; None where there is no source."""
    found = (lib.ee_source_name(number) for number in range(_BITS))
    return tuple(None if name is None else name.decode() for name in found)


@lru_cache(maxsize=None)
def numbers() -> Dict[str, int]:
    """Number by name."""
    return {name: number for number, name in enumerate(names()) if name is not None}


def name_of(number: int) -> str:
    """Name of a source that the library answered with."""
    name = names()[number]
    assert name is not None, number
    return name
