"""Conditions on attributes of items, and factors for what passes, parsed once."""

from __future__ import annotations

import ctypes as C
from functools import lru_cache
from typing import Any, Union

from ._library import check, lib
from .errors import InvalidArgumentError

_KEPT = 256  # filters given as text that stay parsed


class Filter:
    """A condition such as "stock > 0 and category in ('shoes', 'bags')", parsed once, for any number of
    requests, threads and models. docs/filters.md has the language. What passes is kept until the catalogue
    changes, so that a request costs no more for it."""

    def __init__(self, expression: str) -> None:
        if not isinstance(expression, str):
            raise InvalidArgumentError(f"a filter is a str, not {type(expression).__name__}")
        text, id = expression.encode("utf-8"), C.c_uint64()
        self._free: Any = lib.ee_filter_free
        self._id = 0
        check(lib.ee_filter_compile(text, len(text), C.addressof(id)))
        self._id = id.value
        self.expression = expression

    def __del__(self) -> None:
        if getattr(self, "_id", 0):
            self._free(self._id)

    def __repr__(self) -> str:
        return f"Filter({self.expression!r})"

    def __reduce__(self) -> Any:
        """A copy, also in another process, is the expression parsed again."""
        return Filter, (self.expression,)


class Boost:
    """A factor for the items that a filter lets through, such as "brand = 'own' * 1.2", parsed once, for any
    number of requests, threads and models. docs/rules.md says what a factor does."""

    def __init__(self, expression: str) -> None:
        if not isinstance(expression, str):
            raise InvalidArgumentError(f"a boost is a str, not {type(expression).__name__}")
        text, id = expression.encode("utf-8"), C.c_uint64()
        self._free: Any = lib.ee_filter_free
        self._id = 0
        check(lib.ee_boost_compile(text, len(text), C.addressof(id)))
        self._id = id.value
        self.expression = expression

    def __del__(self) -> None:
        if getattr(self, "_id", 0):
            self._free(self._id)

    def __repr__(self) -> str:
        return f"Boost({self.expression!r})"

    def __reduce__(self) -> Any:
        """A copy, also in another process, is the expression parsed again."""
        return Boost, (self.expression,)


def boost_of(given: Union[str, Boost]) -> Boost:
    """As filter_of."""
    return given if isinstance(given, Boost) else _parsed_boost(given)


def filter_of(given: Union[str, Filter]) -> Filter:
    """A filter as it is; a text is parsed, and the last ones stay parsed."""
    return given if isinstance(given, Filter) else _parsed(given)


@lru_cache(maxsize=_KEPT)
def _parsed(expression: str) -> Filter:
    return Filter(expression)


@lru_cache(maxsize=_KEPT)
def _parsed_boost(expression: str) -> Boost:
    return Boost(expression)
