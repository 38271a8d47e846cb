"""Arrays in and out, with NumPy and without: addresses for the library, and what keeps them alive. NumPy is
used when it can be imported and never needed."""

from __future__ import annotations

import ctypes as C
import datetime
import operator
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


def column(values: Any, name: str) -> Any:
    """A column that can be read more than once: whatever gives its values only once becomes a list."""
    if isinstance(values, (str, bytes)):
        raise InvalidArgumentError(
            f"{name} is one {type(values).__name__}; pass a list or an array of values")
    if hasattr(values, "columns") and hasattr(values, "dtypes"):
        raise InvalidArgumentError(f"{name} is a data frame; pass one column of it, frame[...]")
    if hasattr(values, "__array__") or isinstance(values, (list, tuple, array)):
        return values
    try:
        return list(values)
    except TypeError as e:
        raise InvalidArgumentError(
            f"{name} is a {type(values).__name__}; pass a list or an array of values") from e


def is_missing(value: Any) -> bool:
    """None, NaN, NaT, pandas.NA: a value that is not there."""
    if value is None:
        return True
    if isinstance(value, (str, bytes, int)):
        return False
    try:
        return bool(value != value)
    except TypeError:  # pandas.NA refuses to be true or false
        return True


def number(value: Any, name: str) -> int:
    """One integer, NumPy's among them; nothing is rounded."""
    try:
        return operator.index(value)
    except TypeError as e:
        raise InvalidArgumentError(
            f"{name} is {value!r}, a {type(value).__name__}; it must be an integer") from e


def milliseconds(value: Any, name: str) -> int:
    """A time as milliseconds since 1970: of a datetime (without a zone: UTC), a date, or an integer."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return round(value.timestamp() * 1000)
    if isinstance(value, datetime.date):
        midnight = datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.timezone.utc)
        return round(midnight.timestamp() * 1000)
    if np is not None and isinstance(value, np.datetime64):
        return int(value.astype("datetime64[ms]").astype(np.int64))
    return number(value, name)


def times(values: Any, name: str) -> Buffer:
    """A column of times: integers, datetime64, or datetime objects with or without a zone."""
    values = column(values, name)
    if np is not None and hasattr(values, "__array__") and np.asarray(values).dtype.kind in "iuM":
        return int64s(values, name)
    listed = as_list(values)
    first = next((v for v in listed if not is_missing(v)), None)
    if not isinstance(first, datetime.date):
        return int64s(listed, name)
    for row, value in enumerate(listed):
        if is_missing(value):
            raise InvalidArgumentError(f"{name}: element {row} is missing; leave such rows out")
    return int64s([milliseconds(value, name) for value in listed], name)


def int64s(values: Any, name: str) -> Buffer:
    """A column of integers. int64 arrays are passed as they are, everything else is copied."""
    values = column(values, name)
    if np is not None and hasattr(values, "__array__"):
        a = np.asarray(values)
        if a.dtype.kind == "O":
            return _packed("q", a.tolist(), name)
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
    values = column(values, name)
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
        raise InvalidArgumentError(f"{name}: {_fault(code, values) or e}") from e
    return Buffer(a.buffer_info()[0], len(a), a)


def _fault(code: str, values: Any) -> str | None:
    """What is wrong with the first element that does not fit."""
    for row, value in enumerate(values):
        try:
            array(code, (value,))
        except (TypeError, OverflowError):
            if is_missing(value):
                return f"element {row} is missing ({value!r}); leave such rows out, or pass the keys as text"
            return f"element {row} is {value!r}, a {type(value).__name__}, not an integer that fits"
    return None


class Texts(NamedTuple):
    """Texts in one block of UTF-8 and their offsets."""

    bytes: bytes
    offsets: Buffer
    count: int


def texts(values: Sequence[str], name: str) -> Texts:
    """A column of strings; what is missing becomes an empty one, which the library counts as no key."""
    offsets = array("q", [0])
    parts: List[bytes] = []
    total = 0
    for value in values:
        if is_missing(value):
            value = ""
        if not isinstance(value, str):
            raise InvalidArgumentError(f"{name} mixes str with {type(value).__name__}")
        part = value.encode("utf-8")
        parts.append(part)
        total += len(part)
        offsets.append(total)
    return Texts(b"".join(parts), Buffer(offsets.buffer_info()[0], len(offsets), offsets), len(parts))


class Matrix(NamedTuple):
    """Rows of floats in one block; nested: whether they came as rows."""

    address: int
    nested: bool
    owner: Any


def matrix(values: Any, name: str) -> tuple[Matrix, int, int]:
    """One vector or rows of vectors as float32: the block, how many, and their length."""
    if np is not None:
        a = np.ascontiguousarray(values, dtype=np.float32)
        if a.ndim not in (1, 2) or not a.size:
            raise InvalidArgumentError(f"{name} must be a vector or rows of vectors")
        return Matrix(a.ctypes.data, a.ndim == 2, a), 1 if a.ndim == 1 else a.shape[0], a.shape[-1]
    rows = list(values)
    nested = bool(rows) and not isinstance(rows[0], (int, float))
    rows = [list(row) for row in rows] if nested else [rows]
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise InvalidArgumentError(f"{name} must be a vector or rows of vectors of one length")
    block = array("f", [x for row in rows for x in row])
    return Matrix(block.buffer_info()[0], nested, block), len(rows), len(rows[0])


def floats(values: List[float]) -> Any:
    """Numbers as a NumPy array, or as they are without NumPy."""
    return values if np is None else np.array(values, dtype=np.float32)


def as_list(values: Any) -> List[Any]:
    """Any column as a list of Python objects."""
    return list(values.tolist() if hasattr(values, "tolist") else values)


def is_text(values: Any) -> bool:
    """Whether a column holds strings: its dtype, else its first element that is there, says so."""
    if np is not None and hasattr(values, "dtype"):
        kind = np.asarray(values).dtype.kind
        if kind in "iuM":
            return False
        if kind in "US":
            return True
    listed = as_list(values) if hasattr(values, "tolist") else values
    return isinstance(next((v for v in listed if not is_missing(v)), None), str)


def action_codes(values: Any) -> tuple[Buffer, List[str] | None]:
    """Actions as codes, and the names they index when they were given by name."""
    values = column(values, "actions")
    if not is_text(values):
        return uint8s(values, "actions"), None
    names: List[str] = []
    seen: dict[str, int] = {}
    codes = array("B")
    for value in as_list(values):
        if not isinstance(value, str):
            # As an empty field of a file: an event without a name for what was done is a click.
            if not is_missing(value):
                raise InvalidArgumentError(f"actions mixes str with {type(value).__name__}")
            value = ""
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
