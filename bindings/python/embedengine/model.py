"""One opened version and its queries. What is called per request is written for few Python instructions; must
never hold an address past the object it belongs to. Over 500 lines: one class, whose queries share their
buffers."""

from __future__ import annotations

import ctypes as C
import datetime
import json
import os
import struct
from array import array
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

from . import _columns, _layouts as L, _sources
from ._library import check, copy_out, failure, lib
from ._progress import ProgressOption, run
from . import _rules
from .errors import HandleError, InvalidArgumentError, KeyKindError
from .results import (
    Basket, Batch, Key, Path, Profile, Reason, Recommendations, Scored, Sessions, SimilarUser)

_recommend = lib.ee_recommend
_similar = lib.ee_similar
_addressof = C.addressof
_scored = Scored._make
_RESULT = struct.Struct("<qfI")
_ANSWER = struct.Struct("<iiqiiif")
_COUNT = struct.Struct("<i")
_UNKNOWN_ITEM = -1  # no ordinal: what an unknown text key becomes, so that it is skipped and counted


class _Handle:
    """The native model: closed when the last that needs it - model, arrays - is gone."""

    __slots__ = ("id", "_close", "__weakref__")

    def __init__(self, id: int) -> None:
        self.id = id
        self._close = lib.ee_model_close

    def __del__(self) -> None:
        self._close(self.id)

    def __reduce__(self) -> Any:
        raise InvalidArgumentError(
            "a model cannot be copied or pickled; open it there: embedengine.open(store) or "
            "open_bundle(file)")


def open_bundle(path: Path, *, verify: str = "header") -> "Model":
    """Opens a version from a bundle file: no store, nothing unpacked. verify: "header", or "full" to check
    every byte."""
    options, text, id = L.OpenOptions(), os.fspath(path).encode("utf-8"), C.c_uint64()
    check(lib.ee_open_options_init(_addressof(options)))
    options.verify = choice(L.VERIFY, verify, "verify")
    check(lib.ee_open_bundle(text, len(text), _addressof(options), _addressof(id)))
    return Model(id.value)


def unpack_bundle(path: Path, target: Path, *, progress: ProgressOption = None) -> Dict[str, int]:
    """Unpacks a compressed bundle into the bundle it was made from: {"version", "bytes"}."""
    packed, plain = os.fspath(path).encode("utf-8"), os.fspath(target).encode("utf-8")
    version, size = C.c_int64(), C.c_int64()
    run(lambda call: lib.ee_unpack_bundle(
        packed, len(packed), plain, len(plain), call, None, _addressof(version), _addressof(size)), progress)
    return {"version": version.value, "bytes": size.value}


class _Views:
    """What a NumPy array of vectors holds on to."""

    def __init__(self, handle: _Handle, interface: Dict[str, Any]) -> None:
        self.handle = handle
        self.__array_interface__ = interface


class Model:
    """One version, opened: immutable, safe to use from many threads, unaffected by later versions."""

    def __init__(self, id: int) -> None:
        self._handle: Optional[_Handle] = _Handle(id)
        number, items, kind = C.c_int64(), C.c_int64(), C.c_int32()
        check(lib.ee_model_version(id, _addressof(number)))
        check(lib.ee_item_count(id, _addressof(items)))
        check(lib.ee_key_kind(id, _addressof(kind)))
        self.version: int = number.value
        self.item_count: int = items.value
        self.text_keys: bool = kind.value == L.KEYS_TEXT
        self._options: Dict[Tuple[Any, ...], Tuple[int, Any]] = {}
        self._buffers: Dict[int, Any] = {}
        self._actions: Dict[str, int] = {}

    def close(self) -> None:
        """Lets go of the version; arrays from `vectors` stay valid."""
        self._handle = None

    def __enter__(self) -> "Model":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    @property
    def spaces(self) -> List[str]:
        """Names of the vector spaces: the trained one, then imported ones by name."""
        names: List[str] = json.loads(copy_out(lib.ee_spaces, self._open().id))
        return names

    def manifest(self) -> Dict[str, Any]:
        """The version's manifest: name, data, configuration, metrics, artifacts."""
        manifest: Dict[str, Any] = json.loads(copy_out(lib.ee_model_manifest, self._open().id))
        return manifest

    def export(
        self, path: Path, kind: str = "vectors", *, format: str = "auto", space: Optional[str] = None,
        out_vectors: bool = False, progress: ProgressOption = None,
    ) -> Dict[str, Any]:
        """Writes vectors (npy, w2v, jsonl), popularity or neighbors (csv, jsonl) or the manifest (json):
        {"version", "rows", "dimensions", "files"}."""
        handle, text = self._open(), os.fspath(path).encode("utf-8")
        options = export_options(kind, format, space, out_vectors)
        run(lambda call: lib.ee_export(handle.id, text, len(text), _addressof(options), call, None), progress)
        return self._last_result()

    def write_bundle(
        self, path: Path, spaces: Optional[Sequence[str]] = None, *, compress: bool = False,
        progress: ProgressOption = None,
    ) -> Dict[str, Any]:
        """Writes the version as one file for `open_bundle`: {"path", "version", "bytes", "artifacts"}.
        spaces: vector spaces to take along; None = all. compress: for transport; `unpack_bundle` gives the
        bundle back."""
        handle, text = self._open(), os.fspath(path).encode("utf-8")
        names = None if spaces is None else L.texts(list(spaces))
        at, count = (None, 0) if names is None or spaces is None else (_addressof(names), len(spaces))
        write = lib.ee_write_compressed_bundle if compress else lib.ee_write_bundle
        run(lambda call: write(handle.id, text, len(text), at, count, call, None), progress)
        return self._last_result()

    def recommend(
        self, session: Iterable[Any], k: int = 20, *, source: str = "hybrid", seen: str = "keep",
        padding: bool = True, **rules: Any,
    ) -> Recommendations:
        """What comes after a session, oldest event first: items, (item, action) or (item, action,
        time_ms).

        rules: allow, deny (items; what is out of stock is denied), allow_categories, deny_categories (names),
        max_per_category, diversity (0 to 1), diversity_by ("vectors", "category" or the name of an
        attribute), filter (a text such as "stock > 0", or a `Filter`, by attributes of items), boosts (texts
        such as "brand = 'own' * 1.2", or `Boost`s), pins ({item: place}, from 1 on), bury (as filter: comes
        last), caps ({attribute: most}), weight_by ((attribute, 0 to 1)), explore (0 to 1: share of the
        places for items that little is known of), explore_seed (the same seed, the same answer), fallback_by
        (attributes by which a session of unknown items is answered)."""
        handle = self._open()
        events = self._events(session)
        if type(k) is not int:
            k = self._k(k)
        buffer = self._buffer(k)
        results = _addressof(buffer)
        end = 16 * k
        given = self._rules(source, seen, padding, rules) if rules else None
        status = _recommend(
            handle.id, events.buffer_info()[0], len(events) // 3,
            given[0] if given else self._option(source, seen, padding), results, k, results + end)
        if status:
            raise failure(status)
        return self._answer(buffer, end, rules)

    def _answer(self, buffer: Any, end: int, rules: Dict[str, Any]) -> Recommendations:
        view = memoryview(buffer).cast("B")
        count, explored, version, fallback, unknown, padded, latency = _ANSWER.unpack_from(view, end)
        answer = Recommendations(map(_scored, _RESULT.iter_unpack(view[:16 * count])))
        if self.text_keys:
            self._name(answer)
        answer.version = version
        answer.fallback = _rules.fallback(fallback, rules)
        answer.explored = explored
        answer.id = None
        answer.unknown_items = unknown
        answer.padded = padded
        answer.latency_us = latency
        return answer

    def recommend_batch(
        self, sessions: Any, k: int = 20, *, source: str = "hybrid", seen: str = "keep", padding: bool = True,
        **rules: Any,
    ) -> Batch:
        """As recommend, for many sessions (a list of them, or `Sessions` columns) in one call."""
        handle = self._open()
        events, offsets, count = self._batch_events(sessions)
        k = self._k(k)
        results = (L.RecommendedItem * (count * k))()
        answers = (L.RecommendResult * max(count, 1))()
        given = self._rules(source, seen, padding, rules) if rules else None
        check(lib.ee_recommend_batch(
            handle.id, events.address, offsets.address, count,
            given[0] if given else self._option(source, seen, padding), _addressof(results), k,
            _addressof(answers)))
        told = [
            (a.version, _rules.fallback(a.fallback, rules), a.unknown_items, a.padded, a.latency_us,
             a.explored)
            for a in answers[:count]
        ]
        return self._batch(results, count, k, [a.count for a in answers[:count]], told)

    @property
    def user_count(self) -> int:
        """Users whose latest events the version keeps."""
        count = C.c_int64()
        check(lib.ee_user_count(self._open().id, _addressof(count)))
        return count.value

    @property
    def profile_cache(self) -> dict[str, Any]:
        """How often a vector or profile of a user was found as it was made before, since the model was
        opened: {"hits", "misses", "count", "hit_rate"}."""
        hits, misses, count = C.c_int64(), C.c_int64(), C.c_int64()
        check(lib.ee_profile_cache(
            self._open().id, _addressof(hits), _addressof(misses), _addressof(count)))
        asked = hits.value + misses.value
        return {
            "hits": hits.value, "misses": misses.value, "count": count.value,
            "hit_rate": hits.value / asked if asked else 0.0,
        }

    def recommend_user(
        self, user: Key, session: Iterable[Any] = (), k: int = 20, *, source: str = "hybrid",
        seen: str = "keep", padding: bool = True, **rules: Any,
    ) -> Recommendations:
        """As recommend, for a user: what they did in earlier sessions counts, with what was observed since. A
        user nobody knows is no error: `fallback` says what answered."""
        handle, events, key = self._open(), self._events(session), str(user).encode("utf-8")
        k = self._k(k)
        buffer = self._buffer(k)
        results, end = _addressof(buffer), 16 * k
        given = self._rules(source, seen, padding, rules) if rules else None
        check(lib.ee_recommend_user(
            handle.id, key, len(key), events.buffer_info()[0], len(events) // 3,
            given[0] if given else self._option(source, seen, padding), results, k, results + end))
        return self._answer(buffer, end, rules)

    def recommend_user_batch(
        self, users: Sequence[Key], sessions: Any = None, k: int = 20, *, source: str = "hybrid",
        seen: str = "keep", padding: bool = True, **rules: Any,
    ) -> Batch:
        """As recommend_user, for many users, each with a session of `sessions` where they are given."""
        handle, count, k = self._open(), len(users), self._k(k)
        keys = L.texts([str(user) for user in users])
        events, offsets = None, None
        if sessions is not None:
            events, offsets, given_count = self._batch_events(sessions)
            if given_count != count:
                raise InvalidArgumentError(f"{given_count} sessions for {count} users")
        results = (L.RecommendedItem * (count * k))()
        answers = (L.RecommendResult * max(count, 1))()
        given = self._rules(source, seen, padding, rules) if rules else None
        check(lib.ee_recommend_user_batch(
            handle.id, _addressof(keys), None if events is None else events.address,
            None if offsets is None else offsets.address, count,
            given[0] if given else self._option(source, seen, padding), _addressof(results), k,
            _addressof(answers)))
        told = [
            (a.version, _rules.fallback(a.fallback, rules), a.unknown_items, a.padded, a.latency_us,
             a.explored)
            for a in answers[:count]
        ]
        return self._batch(results, count, k, [a.count for a in answers[:count]], told)

    def profile(self, user: Key, vector: str = "served") -> Profile:
        """A user's vector (length 1) and traits (sum 1), arrays with NumPy, lists without; of a user of whom
        too little is known, what stands in (`fallback`). vector: "served", or a kind such as "mix",
        "recency", "attention"."""
        handle, key, kind = self._open(), str(user).encode("utf-8"), choice(L.USER_VECTORS, vector, "vector")
        dims, count = C.c_int32(), C.c_int32()
        check(lib.ee_profile(
            handle.id, key, len(key), kind, None, 0, _addressof(dims), None, 0, _addressof(count)))
        numbers = (C.c_float * max(dims.value, 1))()
        traits = (C.c_float * max(count.value, 1))()
        check(lib.ee_profile(
            handle.id, key, len(key), kind, _addressof(numbers), dims.value, _addressof(dims),
            _addressof(traits), count.value, _addressof(count)))
        told = self._last_result()
        return Profile(
            user, told["events"], _columns.floats(numbers[:dims.value]),
            _columns.floats(traits[:count.value]), told["vector"], told["fallback"])

    def search(
        self, vectors: Any, k: int = 10, *, space: Optional[str] = None, side: str = "in",
        of_version: int = 0, **rules: Any,
    ) -> Any:
        """Items nearest to a vector of a space: a list of items; of many vectors (two dimensions) a list of
        lists. side: "in" (items that resemble it) or "out" (items that follow it: for a user's vector).
        of_version: the version that made the vectors, refused by others. rules: allow, deny,
        allow_categories, deny_categories, filter, as of recommend."""
        handle, k = self._open(), self._k(k)
        numbers, count, dims = _columns.matrix(vectors, "vectors")
        name = None if space is None else space.encode("utf-8")
        results, counts = (L.RecommendedItem * (max(count, 1) * k))(), (C.c_int32 * max(count, 1))()
        given = self._sets(rules)
        check(lib.ee_search(
            handle.id, numbers.address, count, dims, name, 0 if name is None else len(name),
            choice(L.SIDES, side, "side"), of_version, given[0] if given else None, _addressof(results), k,
            _addressof(counts)))
        raw, found = memoryview(results).cast("B"), []
        for v in range(count):
            at = 16 * k * v
            found.append(list(map(_scored, _RESULT.iter_unpack(raw[at:at + 16 * counts[v]]))))
            if self.text_keys:
                self._name(found[-1])
        return found if numbers.nested else found[0]

    def similar_tokens(self, token: str, k: int = 10) -> List[Tuple[str, float]]:
        """Action-item tokens nearest to one such as "cart_X", and their cosines: of a version trained with
        tokens="action_item"."""
        handle, text = self._open(), token.encode("utf-8")
        check(lib.ee_similar_tokens(handle.id, text, len(text), self._k(k)))
        return [(found["token"], found["score"]) for found in self._last_result()["tokens"]]

    def similar_users(
        self, user: Key, k: int = 10, *, by: str = "traits", vector: str = "served",
    ) -> List[SimilarUser]:
        """The users most like a user, by "traits" or "vector", best first."""
        handle, key = self._open(), str(user).encode("utf-8")
        check(lib.ee_similar_users(
            handle.id, key, len(key), choice(L.LIKENESSES, by, "by"),
            choice(L.USER_VECTORS, vector, "vector"), self._k(k)))
        return [SimilarUser(c["user"], c["score"]) for c in self._last_result()["customers"]]

    def explain(
        self, session: Iterable[Any], answer: Sequence[Scored], user: Optional[Key] = None,
    ) -> List[Reason]:
        """Why each item of an answer to this session is there: the session item, or one of the user's past,
        that alone proposes it best, and by which source. Asks the sources again: for people who read it, not
        for every request."""
        handle, events = self._open(), self._events(session)
        items = self._items_column([s.item for s in answer])
        given = (L.RecommendedItem * max(len(answer), 1))()
        for i, scored in enumerate(answer):
            given[i] = L.RecommendedItem(int(items.owner[i]), scored.score, scored.sources)
        reasons = (L.Reason * max(len(answer), 1))()
        asked = (
            events.buffer_info()[0], len(events) // 3, _addressof(given), len(answer), _addressof(reasons))
        if user is None:
            check(lib.ee_explain(handle.id, *asked))
        else:
            key = str(user).encode("utf-8")
            check(lib.ee_explain_user(handle.id, key, len(key), *asked))
        because = [r.because for r in reasons[:len(answer)] if r.event != -1]
        keys = iter(self._keys(_columns.int64s(because, "items")) if self.text_keys else because)
        return [
            Reason(next(keys) if r.event != -1 else None, r.event, _sources.name_of(r.source))
            for r in reasons[:len(answer)]
        ]

    def explain_rules(self, answer: Sequence[Scored], **rules: Any) -> Dict[str, Any]:
        """What boosts, pins, bury and weight_by (rules: as of the request) did to each item of an answer:
        {"items": [["boost brand = 'own' * 1.2", "pinned at 1"], ...], "ignored": [...]}; ignored are pins
        that had no effect, and why. For people who read it, not for every request."""
        handle = self._open()
        items = self._items_column([s.item for s in answer])
        given = (L.RecommendedItem * max(len(answer), 1))()
        for i, scored in enumerate(answer):
            given[i] = L.RecommendedItem(int(items.owner[i]), scored.score, scored.sources)
        asked = self._rules("hybrid", "keep", True, rules)
        check(lib.ee_explain_rules(handle.id, _addressof(given), len(answer), asked[0]))
        return self._last_result()

    def explain_explored(
        self, session: Iterable[Any], answer: Sequence[Scored], user: Optional[Key] = None, **rules: Any,
    ) -> List[Optional[str]]:
        """What was known of each explored item of an answer and what was drawn of it, such as "explored:
        evidence 3, taken 1, drawn 0.4012"; None where it is not explored. rules: as of the request; what was
        drawn is told where they have an explore_seed."""
        handle, events = self._open(), self._events(session)
        items = self._items_column([s.item for s in answer])
        given = (L.RecommendedItem * max(len(answer), 1))()
        for i, scored in enumerate(answer):
            given[i] = L.RecommendedItem(int(items.owner[i]), scored.score, scored.sources)
        asked = self._rules("hybrid", "keep", True, rules)
        key = None if user is None else str(user).encode("utf-8")
        check(lib.ee_explain_explored(
            handle.id, key, 0 if key is None else len(key), events.buffer_info()[0], len(events) // 3,
            _addressof(given), len(answer), asked[0]))
        return [told[0] if told else None for told in self._last_result()["items"]]

    def bought_together(self, items: Any, k: int = 10, **rules: Any) -> Basket:
        """What is bought with a basket: by orders that went together where the version has them, else by
        co-visitation; `source` of the answer says which. rules: allow, deny, allow_categories,
        deny_categories, filter, as of recommend."""
        handle, column, k = self._open(), self._items_column(items), self._k(k)
        results = (L.RecommendedItem * k)()
        count, source = C.c_int32(), C.c_int32()
        if rules:
            given = self._sets(rules)
            check(lib.ee_bought_together_by_rules(
                handle.id, column.address, column.count, given[0] if given else None, _addressof(results), k,
                _addressof(count), _addressof(source)))
        else:
            check(lib.ee_bought_together(
                handle.id, column.address, column.count, _addressof(results), k, _addressof(count),
                _addressof(source)))
        found = list(map(_scored, _RESULT.iter_unpack(memoryview(results).cast("B")[:16 * count.value])))
        if self.text_keys:
            self._name(found)
        return Basket(found, _sources.name_of(source.value))

    def popular(self, k: int = 20, window_days: int = 0, action: Optional[str] = None) -> List[Scored]:
        """The most popular items of the last window_days (0 = all time, 1, 7 or 28), by one action or
        all."""
        handle, k = self._open(), self._k(k)
        name = None if action is None else action.encode("utf-8")
        results, count = (L.RecommendedItem * k)(), C.c_int32()
        window_days = _columns.number(window_days, "window_days")
        check(lib.ee_popular(
            handle.id, window_days, name, 0 if name is None else len(name), _addressof(results), k,
            _addressof(count)))
        found = list(map(_scored, _RESULT.iter_unpack(memoryview(results).cast("B")[:16 * count.value])))
        if self.text_keys:
            self._name(found)
        return found

    def recommend_file(
        self, path: Path, out: Path, k: int = 20, *, source: str = "hybrid", seen: str = "keep",
        padding: bool = True, explain: bool = False, max_errors: int = 1000, threads: int = 0,
        progress: ProgressOption = None, **rules: Any,
    ) -> Dict[str, Any]:
        """Answers every session of a JSONL file ({"session": [...]}, {"items": [...]} or OTTO's "events")
        into another, in the order of its lines: {"out", "version", "sessions", "rejected", "first_errors",
        "seconds"}. rules: as recommend."""
        handle, options = self._open(), L.RecommendFileOptions()
        check(lib.ee_recommend_file_options_init(_addressof(options)))
        request = self._rules(source, seen, padding, rules)
        options.request, options.k, options.max_errors = request[0], self._k(k), max_errors
        options.explain, options.threads = int(explain), threads
        given, to = os.fspath(path).encode("utf-8"), os.fspath(out).encode("utf-8")
        run(lambda call: lib.ee_recommend_file(
            handle.id, given, len(given), to, len(to), _addressof(options), call, None), progress)
        return self._last_result()

    def category(self, name: str) -> int:
        """Number of a category in this version."""
        text, number = name.encode("utf-8"), C.c_int32()
        check(lib.ee_category(self._open().id, text, len(text), _addressof(number)))
        return number.value

    def item_category(self, item: Key) -> Optional[str]:
        """Category of an item, or None."""
        return copy_out(lib.ee_item_category, self._open().id, self._item(item)) or None

    def similar(
        self, item: Key, k: int = 10, *, space: Optional[str] = None, **rules: Any,
    ) -> List[Scored]:
        """Items whose vectors lie nearest; the item itself is left out. Without a space the first, or
        "content" for an item that has no vector there. rules: allow, deny, allow_categories,
        deny_categories, filter, as of recommend."""
        handle = self._open()
        name = None if space is None else space.encode("utf-8")
        if type(k) is not int:
            k = self._k(k)
        buffer = self._buffer(k)
        results = _addressof(buffer)
        length = 0 if name is None else len(name)
        if rules:
            given = self._sets(rules)
            status = lib.ee_similar_by_rules(
                handle.id, self._item(item), name, length, given[0] if given else None, results, k,
                results + 16 * k)
        else:
            status = _similar(handle.id, self._item(item), name, length, results, k, results + 16 * k)
        if status:
            raise failure(status)
        view = memoryview(buffer).cast("B")
        count, = _COUNT.unpack_from(view, 16 * k)
        found = list(map(_scored, _RESULT.iter_unpack(view[:16 * count])))
        if self.text_keys:
            self._name(found)
        return found

    def similar_batch(self, items: Any, k: int = 10, *, space: Optional[str] = None) -> Batch:
        """As similar, for many items; counts is -1 for an unknown one."""
        handle = self._open()
        name = None if space is None else space.encode("utf-8")
        column, k = self._items_column(items), self._k(k)
        results = (L.RecommendedItem * (column.count * k))()
        counts = array("i", bytes(4 * column.count))
        check(lib.ee_similar_batch(
            handle.id, column.address, column.count, name, 0 if name is None else len(name),
            _addressof(results), k, counts.buffer_info()[0]))
        return self._batch(results, column.count, k, counts.tolist(), [])

    def vectors(self, space: Optional[str] = None, out: bool = False) -> Any:
        """Vectors of a space, rows x dimensions float32, without a copy and read-only; row r belongs to
        items()[r]. A NumPy array, or without NumPy a list of memoryviews. Both keep the version open."""
        handle = self._open()
        name = None if space is None else space.encode("utf-8")
        view = L.VectorsView()
        check(lib.ee_vectors(handle.id, name, 0 if name is None else len(name), int(out), _addressof(view)))
        stride = view.stride_floats * 4
        if _columns.np is not None:
            return _columns.np.asarray(_Views(handle, {
                "version": 3, "typestr": "<f4", "data": (view.data, True),
                "shape": (view.rows, view.dimensions), "strides": (stride, 4),
            }))
        row = C.c_float * view.dimensions
        rows = []
        for r in range(view.rows):
            data = row.from_address(view.data + r * stride)
            data._handle = handle
            rows.append(memoryview(data).toreadonly().cast("B").cast("f"))
        return rows

    def items(self) -> Any:
        """Items by row: an int64 array (a list without NumPy), str in a text store."""
        handle = self._open()
        column = self._int64_out(self.item_count)
        check(lib.ee_items(handle.id, None, column.count, column.address))
        return self._keys(column) if self.text_keys else self._returned(column)

    def rows(self, items: Any) -> Any:
        """Rows of items; -1 where the version does not know one."""
        handle = self._open()
        column = self._items_column(items)
        rows = array("i", bytes(4 * column.count))
        check(lib.ee_rows(handle.id, column.address, column.count, rows.buffer_info()[0]))
        return _columns.np.asarray(rows) if _columns.np is not None else rows.tolist()

    def action_code(self, name: str) -> int:
        """Code of an action name or alias."""
        code = self._actions.get(name)
        if code is None:
            text, out = name.encode("utf-8"), C.c_int32()
            check(lib.ee_action_code(self._open().id, text, len(text), _addressof(out)))
            code = self._actions[name] = out.value
        return code

    def item_key(self, item: int) -> str:
        """Text key of an ordinal of a text store."""
        return copy_out(lib.ee_item_key, self._open().id, item)

    def _last_result(self) -> Dict[str, Any]:
        result: Dict[str, Any] = json.loads(copy_out(lib.ee_model_last_result, self._open().id))
        return result

    def _open(self) -> _Handle:
        handle = self._handle
        if handle is None:
            raise HandleError("the model is closed")
        return handle

    @staticmethod
    def _k(k: Any) -> int:
        number = _columns.number(k, "k")
        if number < 1:
            raise InvalidArgumentError(f"k is {k}; it must be at least 1")
        return number

    def _buffer(self, k: int) -> Any:
        kind = self._buffers.get(k)
        if kind is None:
            kind = self._buffers[k] = C.c_char * (16 * self._k(k) + _ANSWER.size)
        return kind()

    def _option(self, source: str, seen: str, padding: bool) -> int:
        cached = self._options.get((source, seen, padding))
        if cached is None:
            options = L.RecommendOptions()
            check(lib.ee_recommend_options_init(_addressof(options)))
            options.source = choice(_sources.numbers(), source, "source")
            options.seen = choice(L.SEEN, seen, "seen")
            options.no_padding = 0 if padding else 1
            cached = self._options[(source, seen, padding)] = (_addressof(options), options)
        return cached[0]

    def _rules(
        self, source: str, seen: str, padding: bool, rules: Dict[str, Any]
    ) -> Tuple[int, Any, List[Any]]:
        """Address of the options of one request, and what must outlive the call."""
        options, keep = L.RecommendOptions(), []  # type: ignore[var-annotated]
        check(lib.ee_recommend_options_init(_addressof(options)))
        options.source = choice(_sources.numbers(), source, "source")
        options.seen = choice(L.SEEN, seen, "seen")
        options.no_padding = 0 if padding else 1
        for name, value in rules.items():
            if name in _rules.ORDER:
                if name == "fallback_by" and value is not None and not isinstance(value, str):
                    value = rules[name] = list(value)  # its answer is named by its place
                _rules.ORDER[name](self, options, value, keep)
            elif name in ("allow", "deny"):
                if value is None:
                    continue
                column = self._items_column(value)
                if name == "allow" and column.count == 0:
                    raise InvalidArgumentError("allow is empty: nothing could be answered")
                setattr(options, name, column.address)
                setattr(options, name + "_count", column.count)
                keep.append(column)
            elif name in ("allow_categories", "deny_categories"):
                numbers = [self.category(c) for c in value or ()]
                codes = (C.c_int32 * max(len(numbers), 1))(*numbers)
                setattr(options, name, _addressof(codes))
                setattr(options, name + "_count", len(numbers))
                keep.append(codes)
            elif name in ("max_per_category", "diversity"):
                setattr(options, name, value)
            else:
                raise InvalidArgumentError(f"rule {name!r} is not known")
        return _addressof(options), options, keep

    def _sets(self, rules: Dict[str, Any]) -> Optional[Tuple[int, Any, List[Any]]]:
        """As _rules, of a call that lets items through or not, and has no other rules."""
        others = sorted(rules.keys() - {"allow", "deny", "allow_categories", "deny_categories", "filter"})
        if others:
            raise InvalidArgumentError(
                f"{others[0]!r} is no rule of this call: it has sets and a filter alone")
        return self._rules("hybrid", "keep", True, rules) if rules else None

    def _events(self, session: Iterable[Any]) -> "array[int]":
        """Events as int64 triples: item, time and action lie as ee_event has them (action's upper half is
        the zero `reserved` of a little-endian machine)."""
        flat: List[Any] = []
        if isinstance(session, (str, bytes)):
            raise InvalidArgumentError("the session is one text; pass a list of items")
        for event in session:
            if isinstance(event, (tuple, list)):
                action = event[1] if len(event) > 1 else 0
                if isinstance(action, str):
                    action = self.action_code(action)
                elif action is None:
                    action = 0
                elif not 0 <= action < 2**31:
                    raise InvalidArgumentError(f"action {action} is not a code")
                time = event[2] if len(event) > 2 else 0
                if isinstance(time, datetime.date):
                    time = _columns.milliseconds(time, "time")
                flat += (event[0], time, action)
            else:
                flat += (event, 0, 0)
        if self.text_keys:
            flat[::3] = self._ordinals(flat[::3])
        try:
            return array("q", flat)
        except (TypeError, OverflowError) as e:
            if any(isinstance(item, str) for item in flat[::3]):
                raise KeyKindError("the keys of this store are integers, not text", -16) from e
            raise InvalidArgumentError(f"session: {e}") from e

    def _batch_events(self, sessions: Any) -> Tuple[_columns.Buffer, _columns.Buffer, int]:
        if not isinstance(sessions, Sessions):
            flat, offsets = array("q"), array("q", [0])
            for session in sessions:
                flat.extend(self._events(session))
                offsets.append(len(flat) // 3)
            return (_columns.Buffer(flat.buffer_info()[0], len(flat) // 3, flat),
                    _columns.int64s(offsets, "offsets"), len(offsets) - 1)
        offsets_in = _columns.int64s(sessions.offsets, "offsets")
        items = self._items_column(sessions.items)
        if offsets_in.count == 0:
            raise InvalidArgumentError("offsets needs one more element than there are sessions")
        zeros = array("q", bytes(8 * items.count))
        times = zeros if sessions.times_ms is None else _columns.int64s(sessions.times_ms, "times_ms").owner
        actions = zeros if sessions.actions is None else _columns.int64s(sessions.actions, "actions").owner
        if len(times) != items.count or len(actions) != items.count:
            raise InvalidArgumentError("items, times_ms and actions differ in length")
        # The library checks offsets against each other; that they end inside the arrays only we can know.
        if offsets_in.owner[-1] > items.count:
            raise InvalidArgumentError(
                f"offsets end at {offsets_in.owner[-1]}, there are {items.count} items")
        if _columns.np is not None:
            table = _columns.np.empty((items.count, 3), dtype=_columns.np.int64)
            table[:, 0], table[:, 1], table[:, 2] = items.owner, times, actions
            return _columns.Buffer(table.ctypes.data, items.count, table), offsets_in, offsets_in.count - 1
        packed = array("q", bytes(24 * items.count))
        packed[::3], packed[1::3], packed[2::3] = items.owner, array("q", times), array("q", actions)
        return _columns.Buffer(packed.buffer_info()[0], items.count, packed), offsets_in, offsets_in.count - 1

    def _batch(self, results: Any, count: int, k: int, counts: List[int], answers: List[Any]) -> Batch:
        np = _columns.np
        if np is not None:
            table = np.frombuffer(results, dtype=[("item", "<i8"), ("score", "<f4"), ("sources", "<u4")])
            table = table.reshape(count, k)
            items: Any = table["item"]
            if self.text_keys:
                items = self._keys_of_rows(items.tolist(), counts)
            return Batch(items, table["score"], table["sources"], np.asarray(counts, dtype=np.int32), answers)
        flat = list(_RESULT.iter_unpack(memoryview(results).cast("B")))
        rows = [flat[i * k:i * k + max(n, 0)] for i, n in enumerate(counts)]
        keys: List[Any] = [[r[0] for r in row] for row in rows]
        if self.text_keys:
            keys = self._keys_of_rows(keys, counts)
        scores, sources = [[r[1] for r in row] for row in rows], [[r[2] for r in row] for row in rows]
        return Batch(keys, scores, sources, counts, answers)

    def _keys_of_rows(self, rows: List[List[int]], counts: List[int]) -> List[List[str]]:
        flat = _columns.int64s([item for row, n in zip(rows, counts) for item in row[:max(n, 0)]], "items")
        keys = iter(self._keys(flat))
        return [[next(keys) for _ in range(max(n, 0))] for n in counts]

    def _name(self, scored: List[Scored]) -> None:
        keys = self._keys(_columns.int64s([s.item for s in scored], "items"))
        scored[:] = [Scored(key, s.score, s.sources) for key, s in zip(keys, scored)]

    def _keys(self, items: _columns.Buffer) -> List[str]:
        """Text keys of ordinals, in one or two calls."""
        handle = self._open()
        offsets = array("q", bytes(8 * (items.count + 1)))
        needed = C.c_int64()
        capacity = 32 * items.count
        while True:
            buffer = C.create_string_buffer(max(capacity, 1))
            status = lib.ee_item_keys(
                handle.id, items.address, items.count, offsets.buffer_info()[0], _addressof(buffer), capacity,
                _addressof(needed))
            if status != L.E_BUFFER_TOO_SMALL:
                break
            capacity = needed.value
        check(status)
        raw = buffer.raw
        return [raw[a:b].decode("utf-8") for a, b in zip(offsets, offsets[1:])]

    def _ordinals(self, keys: Sequence[Any]) -> "array[int]":
        for key in keys:
            if not isinstance(key, str):
                raise KeyKindError(f"the keys of this store are text, not {type(key).__name__}", -16)
        column = _columns.texts(keys, "keys")
        items, found = array("q", bytes(8 * column.count)), bytearray(column.count)
        flags = (C.c_uint8 * max(column.count, 1)).from_buffer(found) if column.count else (C.c_uint8 * 1)()
        check(lib.ee_keys_to_items(
            self._open().id, column.bytes, column.offsets.address, column.count, items.buffer_info()[0],
            _addressof(flags)))
        for i, known in enumerate(found):
            if not known:
                items[i] = _UNKNOWN_ITEM
        return items

    def items_of(self, keys: Sequence[Any]) -> Sequence[int]:
        """Items as the C interface numbers them; -1 for a text key that the version does not know."""
        if self.text_keys:
            return self._ordinals(list(keys)) if keys else array("q")
        return [self._item(key) for key in keys]

    @property
    def handle(self) -> int:
        """The native model."""
        return self._open().id

    def _item(self, item: Any) -> int:
        if self.text_keys:
            return self._ordinals([item])[0]
        if isinstance(item, str):
            raise KeyKindError("the keys of this store are integers, not text", -16)
        number = _columns.number(item, "item")
        if not -2**63 <= number < 2**63:
            raise InvalidArgumentError(f"item {number} is not an int64")
        return number

    def _items_column(self, items: Any) -> _columns.Buffer:
        if not self.text_keys:
            return _columns.int64s(items, "items")
        return _columns.int64s(self._ordinals(_columns.as_list(items)), "items")

    @staticmethod
    def _int64_out(count: int) -> _columns.Buffer:
        return _columns.int64s(array("q", bytes(8 * count)), "items")

    @staticmethod
    def _returned(column: _columns.Buffer) -> Any:
        return _columns.np.asarray(column.owner) if _columns.np is not None else column.owner.tolist()


def choice(values: Dict[str, int], name: Any, option: str) -> int:
    """The number of a named option value."""
    number = values.get(name) if isinstance(name, str) else None
    if number is None:
        raise InvalidArgumentError(f"{option} {name!r} is not one of {', '.join(values)}")
    return number


def export_options(
    kind: str, format: str, space: Optional[str] = None, out_vectors: bool = False, window: int = 0,
    shift: float = 0,
) -> L.ExportOptions:
    """An ee_export_options."""
    options = L.ExportOptions()
    check(lib.ee_export_options_init(_addressof(options)))
    options.kind, options.format = choice(L.EXPORTS, kind, "kind"), choice(L.FILES, format, "format")
    options.out_vectors, options.window, options.shift = int(out_vectors), window, shift
    if space is not None:
        options.space = L.text(space)
    return options
