"""Arrays in and out, with NumPy and without: addresses for the library, and what keeps them alive. NumPy is
used when it can be imported and never needed."""

from __future__ import annotations

import ctypes as C
from array import array
from typing import Any, Iterable, List, NamedTuple, Sequence

from .errors import InvalidArgumentError

try:
    import numpy as np
except ImportError:  # pragma: no cover - the other half of the tests runs without
    np = None  # type: ignore[assignment]


class Buffer(NamedTuple):
    """An address, the number of elements there, and the object that owns them."""

    address: int
    count: int
    owner: Any


def int64s(values: Any, name: str) -> Buffer:
    """A column of integers. int64 arrays are passed as they are, everything else is copied."""
    if np is not None and hasattr(values, "__array__"):
        a = np.asarray(values)
        if a.dtype.kind == "M":
            a = a.astype("datetime64[ms]").astype(np.int64)
        if a.ndim != 1 or a.dtype.kind not in "iu":
            raise InvalidArgumentError(
                f"{name} must be one column of integers, not {a.dtype} with {a.ndim} dimensions")
        if a.dtype == np.uint64 and a.size and int(a.max()) > 2**63 - 1:
            raise InvalidArgumentError(f"{name} holds values above the largest int64")
        a = np.ascontiguousarray(a, dtype=np.int64)
        return Buffer(a.ctypes.data, a.size, a)
    return _packed("q", values, name)


def uint8s(values: Any, name: str) -> Buffer:
    """A column of small codes."""
    if np is not None and hasattr(values, "__array__"):
        a = np.asarray(values)
        if a.ndim != 1 or a.dtype.kind not in "iub" or (a.size and (a.min() < 0 or a.max() > 255)):
            raise InvalidArgumentError(f"{name} must be one column of codes 0 to 255")
        a = np.ascontiguousarray(a, dtype=np.uint8)
        return Buffer(a.ctypes.data, a.size, a)
    return _packed("B", values, name)


def _packed(code: str, values: Any, name: str) -> Buffer:
    try:
        a = values if isinstance(values, array) and values.typecode == code else array(code, values)
    except (TypeError, OverflowError, ValueError) as e:
        raise InvalidArgumentError(f"{name}: {e}") from e
    return Buffer(a.buffer_info()[0], len(a), a)


class Texts(NamedTuple):
    """Texts in one block of UTF-8 and their offsets."""

    bytes: bytes
    offsets: Buffer
    count: int


def texts(values: Sequence[str], name: str) -> Texts:
    """A column of strings."""
    offsets = array("q", [0])
    parts: List[bytes] = []
    total = 0
    for value in values:
        if not isinstance(value, str):
            raise InvalidArgumentError(f"{name} mixes str with {type(value).__name__}")
        part = value.encode("utf-8")
        parts.append(part)
        total += len(part)
        offsets.append(total)
    return Texts(b"".join(parts), Buffer(offsets.buffer_info()[0], len(offsets), offsets), len(parts))


def as_list(values: Any) -> List[Any]:
    """Any column as a list of Python objects."""
    return list(values.tolist() if hasattr(values, "tolist") else values)


def is_text(values: Any) -> bool:
    """Whether a column holds strings: its dtype, else its first element, says so."""
    if np is not None and hasattr(values, "dtype"):
        kind = np.asarray(values).dtype.kind
        if kind in "iuM":
            return False
        if kind in "US":
            return True
    first = next(iter(as_list(values) if hasattr(values, "tolist") else values), None)
    return isinstance(first, str)


def action_codes(values: Any) -> tuple[Buffer, List[str] | None]:
    """Actions as codes, and the names they index when they were given by name."""
    if not is_text(values):
        return uint8s(values, "actions"), None
    names: List[str] = []
    seen: dict[str, int] = {}
    codes = array("B")
    for value in as_list(values):
        code = seen.get(value)
        if code is None:
            if len(names) == 256:
                raise InvalidArgumentError("actions has more than 256 distinct names")
            code = seen[value] = len(names)
            names.append(value)
        codes.append(code)
    return uint8s(codes, "actions"), names


def address(owner: Any) -> int:
    """Address of a ctypes object."""
    return C.addressof(owner)


def unique(values: Iterable[Any]) -> List[Any]:
    """Distinct values in order of first appearance."""
    return list(dict.fromkeys(values))
