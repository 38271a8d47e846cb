"""Attributes of items to the library's columns: what a Python column holds decides its type, unless it is
said. Must never guess where values disagree."""

from __future__ import annotations

import ctypes as C
import datetime
from array import array
from typing import Any, Dict, List, Mapping, Optional, Tuple

from . import _columns, _layouts as L
from .errors import InvalidArgumentError

_INT64_MIN = -2**63

_ITEM_NAMES = ("item_id", "item", "items", "product_id", "product", "sku", "asin", "article_id", "id", "key")

TYPES = {"text": 1, "number": 2, "bool": 3, "time": 4, "tags": 5}


def _keys(items: Any, struct: Any, keep: List[Any]) -> None:
    """Item keys into a struct that has items, item_texts and count."""
    keys = _columns.column(items, "items")
    if _columns.is_text(keys):
        struct.item_texts, struct.count = _texts(_columns.as_list(keys), "items", keep)
    else:
        column = _columns.int64s(keys, "items")
        struct.items, struct.count = column.address, column.count
        keep.append(column)


def item_columns(
    items: Any, attributes: Mapping[str, Any], types: Mapping[str, str], keep: List[Any],
    known: Mapping[str, str],
) -> L.ItemColumns:
    """The struct of ee_set_attributes; what it points to is put into keep. known: types of the catalogue's
    attributes, which a column takes unless it is told otherwise."""
    struct = L.ItemColumns(struct_size=C.sizeof(L.ItemColumns))
    _keys(items, struct, keep)
    unknown = set(types) - set(attributes)
    if unknown:
        raise InvalidArgumentError(f"types names {sorted(unknown)[0]!r}, which is no column given")
    given = (L.ItemColumn * max(len(attributes), 1))()
    for number, (name, values) in enumerate(attributes.items()):
        _fill(given[number], name, values, types.get(name) or known.get(name), int(struct.count), keep)
    struct.columns, struct.column_count = C.addressof(given), len(attributes)
    keep += [given, struct]
    return struct


def item_column_of(columns: List[str], item: Optional[str]) -> str:
    """Which column of a table holds the item keys: the one named, or one of the usual names."""
    if item is not None:
        if item not in columns:
            raise InvalidArgumentError(f"there is no column {item!r}; the columns are {', '.join(columns)}")
        return item
    for name in columns:
        if name.lower() in _ITEM_NAMES:
            return name
    raise InvalidArgumentError(
        f"no item column found: name it with item=...; the columns are {', '.join(columns)}")


def vector_columns(vectors: Any, items: Any, keep: List[Any]) -> L.VectorColumns:
    """The struct of ee_import_vector_columns; what it points to is put into keep."""
    matrix, count, dimensions = _columns.matrix(vectors, "vectors")
    struct = L.VectorColumns(
        struct_size=C.sizeof(L.VectorColumns), dimensions=dimensions, vectors=matrix.address)
    _keys(items, struct, keep)
    if not matrix.nested or struct.count != count:
        raise InvalidArgumentError(
            f"vectors must be rows of numbers, one for each of the {struct.count} items, not {count}")
    keep += [matrix, struct]
    return struct


def _fill(
    column: L.ItemColumn, name: str, values: Any, kind: Optional[str], count: int, keep: List[Any],
) -> None:
    listed = _columns.as_list(_columns.column(values, name))
    if len(listed) != count:
        raise InvalidArgumentError(f"{name} has {len(listed)} elements, items {count}")
    if kind is None:
        kind = _kind_of(listed, name)
    elif kind not in TYPES:
        raise InvalidArgumentError(f"type {kind!r} of {name} is not one of {', '.join(TYPES)}")
    text = L.text(name)
    column.name, column.type = text, TYPES[kind]
    keep.append(text)
    if kind == "number":
        block = array("d", (_number(v, name, row) for row, v in enumerate(listed)))
        column.numbers = block.buffer_info()[0]
    elif kind == "time":
        block = array("q", (_INT64_MIN if _columns.is_missing(v) else _columns.milliseconds(v, name)
                            for v in listed))
        column.times_ms = block.buffer_info()[0]
    elif kind == "bool":
        block = array("b", (_boolean(v, name, row) for row, v in enumerate(listed)))
        column.booleans = block.buffer_info()[0]
    elif kind == "tags":
        offsets, tags = array("q", [0]), []  # type: ignore[var-annotated]
        for row, value in enumerate(listed):
            tags += _tags(value, name, row)
            offsets.append(len(tags))
        column.texts, _ = _texts(tags, name, keep)
        column.tag_offsets, block = offsets.buffer_info()[0], offsets
    else:
        column.texts, _ = _texts(listed, name, keep)
        return
    keep.append(block)


def _texts(values: List[Any], name: str, keep: List[Any]) -> Tuple[L.TextColumn, int]:
    text = _columns.texts(values, name)
    block = C.create_string_buffer(text.bytes, max(len(text.bytes), 1))
    keep += [text, block]
    return L.TextColumn(C.addressof(block), text.offsets.address), text.count


def _kind_of(values: List[Any], name: str) -> str:
    kinds: Dict[str, Any] = {}
    for value in values:
        if _columns.is_missing(value):
            continue
        kind = "text" if isinstance(value, str) else "bool" if isinstance(value, bool) \
            else "time" if isinstance(value, datetime.date) else "number" if isinstance(value, (int, float)) \
            else "tags" if isinstance(value, (list, tuple, set, frozenset)) else type(value).__name__
        kinds.setdefault(kind, value)
    if len(kinds) > 1:
        shown = ", ".join(f"{v!r}" for v in list(kinds.values())[:2])
        raise InvalidArgumentError(f"{name} mixes values of different types, such as {shown}")
    kind = next(iter(kinds), "text")
    if kind not in TYPES:
        raise InvalidArgumentError(
            f"{name} holds {next(iter(kinds.values()))!r}, a {kind}: values are str, int, float, bool, "
            "datetime, or lists of str")
    return kind


def _number(value: Any, name: str, row: int) -> float:
    if _columns.is_missing(value):
        return float("nan")
    if isinstance(value, (str, bytes)):
        raise InvalidArgumentError(f"{name}: element {row} is {value!r}, not a number")
    return float(value)


def _boolean(value: Any, name: str, row: int) -> int:
    if _columns.is_missing(value):
        return -1
    if value not in (0, 1):
        raise InvalidArgumentError(f"{name}: element {row} is {value!r}, not True or False")
    return int(value)


def _tags(value: Any, name: str, row: int) -> List[str]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        if _columns.is_missing(value):
            return []
        raise InvalidArgumentError(f"{name}: element {row} is {value!r}, not a list of tags")
    for tag in value:
        if not isinstance(tag, str):
            raise InvalidArgumentError(f"{name}: element {row} has the tag {tag!r}, which is no str")
    return list(value)
