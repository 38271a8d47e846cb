"""Conditions on attributes of items, and factors for what passes, parsed once."""

from __future__ import annotations

import ctypes as C
from functools import lru_cache
from typing import Any, Union

from ._library import check, lib
from .errors import InvalidArgumentError

_KEPT = 256  # filters given as text that stay parsed


class _Compiled:
    """What is parsed once by the library and freed with its last reference."""

    _what = ""
    _compile: Any = None

    def __init__(self, expression: str) -> None:
        if not isinstance(expression, str):
            raise InvalidArgumentError(f"a {self._what} is a str, not {type(expression).__name__}")
        text, id = expression.encode("utf-8"), C.c_uint64()
        self._free: Any = lib.ee_filter_free
        self._id = 0
        check(type(self)._compile(text, len(text), C.addressof(id)))
        self._id = id.value
        self.expression = expression

    def __del__(self) -> None:
        if getattr(self, "_id", 0):
            self._free(self._id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.expression!r})"

    def __reduce__(self) -> Any:
        """A copy, also in another process, is the expression parsed again."""
        return type(self), (self.expression,)


class Filter(_Compiled):
    """A condition such as "stock > 0 and category in ('shoes', 'bags')", parsed once, for any number of
    requests, threads and models. docs/filters.md has the language. What passes is kept until the catalogue
    changes, so that a request costs no more for it."""

    _what, _compile = "filter", lib.ee_filter_compile


class Boost(_Compiled):
    """A factor for the items that a filter lets through, such as "brand = 'own' * 1.2", parsed once, for any
    number of requests, threads and models. docs/rules.md says what a factor does."""

    _what, _compile = "boost", lib.ee_boost_compile


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
