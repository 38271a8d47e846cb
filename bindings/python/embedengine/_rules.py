"""What a request asks for by attributes of items, into the options of a call. Each writer gets the model, the
options, what was given and the list of what must outlive the call."""

from __future__ import annotations

import ctypes as C
from typing import Any, Callable, Dict, List

from . import _layouts as L
from .errors import InvalidArgumentError
from .filters import boost_of, filter_of

Writer = Callable[[Any, Any, Any, List[Any]], None]


def _filter(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if given is not None:
        passes = filter_of(given)
        options.filter = passes._id
        keep.append(passes)


def _bury(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if given is not None:
        passes = filter_of(given)
        options.bury = passes._id
        keep.append(passes)


def _boosts(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if isinstance(given, str):
        raise InvalidArgumentError("boosts is one text; pass a list of them")
    boosts = [boost_of(b) for b in given or ()]
    handles = (C.c_uint64 * max(len(boosts), 1))(*[b._id for b in boosts])
    options.boosts, options.boost_count = C.addressof(handles), len(boosts)
    keep.append((boosts, handles))


def _pins(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    """An item of a text store that nothing is known of is left out: it has no number to stand for it."""
    pairs = list(dict(given or {}).items())
    numbers = list(model._items_column([item for item, _ in pairs]).owner) if pairs else []
    pins = (L.Pin * max(len(pairs), 1))()
    count = 0
    for number, (_, place) in zip(numbers, pairs):
        if model.text_keys and number < 0:
            continue
        pins[count] = L.Pin(int(number), _int32(place, "a pin's place"))
        count += 1
    options.pins, options.pin_count = C.addressof(pins), count
    keep.append(pins)


def _caps(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    pairs = list(dict(given or {}).items())
    names = L.texts([_name(name, "caps") for name, _ in pairs])
    caps = (L.Cap * max(len(pairs), 1))()
    for i, (_, most) in enumerate(pairs):
        caps[i] = L.Cap(names[i], _int32(most, "a cap"))
    options.caps, options.cap_count = C.addressof(caps), len(pairs)
    keep.append((names, caps))


def _weight_by(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if given is None:
        return
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise InvalidArgumentError("weight_by is (attribute, weight)")
    names = L.texts([_name(given[0], "weight_by")])
    options.weight_by, options.weight = names[0], given[1]
    keep.append(names)


def _diversity_by(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if given in ("vectors", "category"):
        options.diversity_by = L.DIVERSITY[given]
        return
    names = L.texts([_name(given, "diversity_by")])
    options.diversity_by, options.diversity_attribute = L.DIVERSITY["attribute"], names[0]
    keep.append(names)


def _explore(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    options.explore = given


def _explore_seed(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if given is None:
        return
    if isinstance(given, bool) or not hasattr(given, "__index__") or not 1 <= given.__index__() < 2**64:
        raise InvalidArgumentError(f"explore_seed is a whole number from 1 on, not {given!r}")
    options.explore_seed = given.__index__()


def _fallback_by(model: Any, options: Any, given: Any, keep: List[Any]) -> None:
    if isinstance(given, str):
        raise InvalidArgumentError("fallback_by is one text; pass a list of attributes")
    names = [_name(name, "fallback_by") for name in given or ()]
    array = L.texts(names)
    options.fallback_by, options.fallback_by_count = C.addressof(array), len(names)
    keep.append(array)


def fallback(number: int, rules: Dict[str, Any]) -> str | None:
    """Name of what answered, as of the rules of the request."""
    if number < L.FALLBACK_ATTRIBUTE:
        return L.FALLBACKS[number]
    name: str = rules["fallback_by"][number - L.FALLBACK_ATTRIBUTE]
    return name


def _name(given: Any, rule: str) -> str:
    if not isinstance(given, str):
        raise InvalidArgumentError(f"{rule}: an attribute is a str, not {type(given).__name__}")
    return given


def _int32(given: Any, what: str) -> int:
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise InvalidArgumentError(f"{what} is a whole number, not {given!r}")
    number: int = given.__index__()
    if not -2**31 <= number < 2**31:
        raise InvalidArgumentError(f"{what} is {number}: too large")
    return number


ORDER: Dict[str, Writer] = {
    "filter": _filter, "boosts": _boosts, "pins": _pins, "bury": _bury, "caps": _caps,
    "weight_by": _weight_by, "diversity_by": _diversity_by, "explore": _explore,
    "explore_seed": _explore_seed, "fallback_by": _fallback_by,
}
