"""An opened store: import, train, evaluate, versions; and queries on the version that is active. Over 500
lines: one class, a short method for each verb of the store."""

from __future__ import annotations

import ctypes as C
import datetime
import json
import os
import warnings
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple, Union

from . import _arrow, _attributes, _columns, _layouts as L, _sources
from ._library import check, copy_out, lib
from ._progress import ProgressOption, run
from .errors import EmbedEngineWarning, HandleError, InvalidArgumentError
from .model import Model, choice, export_options
from .results import (
    Basket, Batch, ImportReport, Key, Path, Profile, Reason, Recommendations, Report, Scored, SimilarUser,
    Version)

_TEXT_OPTIONS = ("session", "user", "time", "action", "item", "category", "title")
_NUMBER_OPTIONS = ("session_gap_minutes", "min_session", "max_events_per_session", "max_events_per_minute",
                   "max_errors", "strict")


class Database:
    """A store. Queries may run from any number of threads; one thread or process writes at a time."""

    def __init__(
        self, path: Path, *, verify: str = "header", read_only: bool = False, wait: float = 0,
    ) -> None:
        self.path = os.fspath(path)
        self._id: Optional[int] = None
        self._model: Optional[Model] = None
        self._observed_actions: Set[str] = set()
        self._attribute_types: Dict[str, str] = {}
        self._verify, self._read_only, self._wait = verify, read_only, wait
        options = L.OpenOptions()
        check(lib.ee_open_options_init(C.addressof(options)))
        options.verify = choice(L.VERIFY, verify, "verify")
        options.read_only, options.lock_wait = int(read_only), round(1000 * wait)
        text, id = self.path.encode("utf-8"), C.c_uint64()
        check(lib.ee_open(text, len(text), C.addressof(options), C.addressof(id)))
        self._id = id.value

    def close(self) -> None:
        """Closes the store. Arrays from `vectors` stay valid."""
        id, self._id, self._model = self._id, None, None
        if id is not None:
            check(lib.ee_close(id))

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_id", None) is not None:
            lib.ee_close(self._id)

    def __reduce__(self) -> Any:
        """A copy, also in another process, is the store opened again."""
        return _reopen, (self.path, self._verify, self._read_only, self._wait)

    @property
    def exists(self) -> bool:
        """Whether the directory is a store yet."""
        exists = C.c_int32()
        check(lib.ee_exists(self._open(), C.addressof(exists)))
        return bool(exists.value)

    @property
    def is_read_only(self) -> bool:
        """Whether calls that write are refused: asked for, or the medium cannot be written to."""
        read_only = C.c_int32()
        check(lib.ee_is_read_only(self._open(), C.addressof(read_only)))
        return bool(read_only.value)

    def import_events(
        self, source: Union[Path, Sequence[Path], Mapping[str, Any], Any], *,
        progress: ProgressOption = None, **options: Any,
    ) -> ImportReport:
        """Imports a file, several files in one commit, or columns: {"items", "sessions" or "users",
        "times_ms", "actions", "categories", "titles"} as lists, arrays or NumPy arrays; keys are ints or
        strings, actions codes or names, categories and titles strings, of each event's item. Or a table of
        any package that has __arrow_c_stream__ (pyarrow, polars, DuckDB, pandas with pyarrow): its columns
        are found by name as those of a file are, or named by the options.

        options: format, session, user, time, action, item, category, title, time_unit, action_map, keys,
        session_gap_minutes, min_session, max_events_per_session, max_events_per_minute, max_errors,
        strict."""
        id, keep = self._open(), []  # type: ignore[var-annotated]
        given = C.addressof(_import_options(options, keep))
        stream = None if isinstance(source, Mapping) else _arrow.stream(source, keep)
        if stream is None and hasattr(source, "columns") and hasattr(source, "dtypes"):
            raise InvalidArgumentError(
                'a data frame: say which column is what: {"items": frame["..."], "users": frame["..."], '
                '"times_ms": frame["..."], "actions": frame["..."]}')
        if stream is not None:
            run(lambda call: lib.ee_import_stream(id, stream, given, call, None, None), progress)
        elif isinstance(source, Mapping):
            columns = C.addressof(_columns_struct(source, keep))
            run(lambda call: lib.ee_import_columns(id, columns, given, call, None, None), progress)
        else:
            files = [source] if isinstance(source, (str, os.PathLike)) else list(source)
            paths = L.texts([os.fspath(f) for f in files])
            run(lambda call: lib.ee_import(id, C.addressof(paths), len(files), given, call, None, None),
                progress)
        report = ImportReport.from_json(self._last_result())
        for warning in report.warnings:
            warnings.warn(warning, EmbedEngineWarning, stacklevel=2)
        return report

    def import_catalog(
        self, source: Union[Path, Mapping[str, Any], Any], *,
        attributes: Optional[Mapping[str, str]] = None, progress: ProgressOption = None, **options: Any,
    ) -> Dict[str, Any]:
        """Imports items with their attributes: a file (CSV, TSV, JSON lines), a table of any package that has
        __arrow_c_stream__ (pyarrow, polars, DuckDB, pandas with pyarrow), a dict of columns, or a data frame.
        Every column becomes an attribute, without a training: {"items", "new_items", "attributes": [{"name",
        "type", "filled", "values"}], "rejected", "first_errors", "columns", "warnings", ...}. attributes:
        {"name": "column"} or {"name": "column:type"}, types being text, number, bool, time, tags.

        options: format, item, title, category, price, keys, max_errors, strict."""
        id, keep = self._open(), []  # type: ignore[var-annotated]
        stream = None if isinstance(source, Mapping) else _arrow.stream(source, keep)
        if stream is None and (isinstance(source, Mapping) or hasattr(source, "dtypes")):
            return self._import_columns_of_items(source, attributes or {}, **options)
        given = L.CatalogOptions()
        check(lib.ee_catalog_options_init(C.addressof(given)))
        for name, value in options.items():
            if name in ("item", "title", "category", "price"):
                setattr(given, name, L.text(value))
            elif name in ("max_errors", "strict"):
                setattr(given, name, _columns.number(value, name))
            elif name == "format":
                given.format = choice(L.FORMATS, value, name)
            elif name == "keys":
                given.keys = choice(L.KEYS, value, name)
            else:
                raise InvalidArgumentError(f"catalogue option {name!r} is not known")
        mapped = [f"{name}={column}" for name, column in (attributes or {}).items()]
        given.attributes, given.attribute_count = L.texts(mapped), len(mapped)
        if stream is not None:
            run(lambda call: lib.ee_import_catalog_stream(
                id, stream, C.addressof(given), call, None), progress)
        else:
            file = os.fspath(source).encode("utf-8")
            run(lambda call: lib.ee_import_catalog(
                id, file, len(file), C.addressof(given), call, None), progress)
        report = self._last_result()
        for warning in report["warnings"]:
            warnings.warn(warning, EmbedEngineWarning, stacklevel=2)
        return report

    def _import_columns_of_items(
        self, source: Any, attributes: Mapping[str, str], *, item: Optional[str] = None, **options: Any,
    ) -> Dict[str, Any]:
        """A table in memory by set_attributes."""
        if options:
            raise InvalidArgumentError(f"option {sorted(options)[0]!r} is of files and Arrow tables")
        names = [str(name) for name in (source.columns if hasattr(source, "dtypes") else source)]
        key = _attributes.item_column_of(names, item)
        named = {name: name for name in names if name != key}
        types: Dict[str, str] = {}
        for name, column in attributes.items():
            column, _, kind = column.partition(":")
            if column not in named:
                raise InvalidArgumentError(f"there is no column {column!r} for the attribute {name!r}")
            named[column] = name
            if kind:
                types[name] = kind
        new = self.set_attributes(
            source[key], {name: source[column] for column, name in named.items()}, types=types)
        taken = [a for a in self.attributes() if a["name"] in set(named.values())]
        return {"items": len(set(_columns.as_list(_columns.column(source[key], key)))), "new_items": new,
                "attributes": taken, "rejected": 0, "first_errors": [], "warnings": [],
                "columns": {"item": key, **{name: column for column, name in named.items()}}}

    def set_attributes(
        self, items: Any, attributes: Optional[Mapping[str, Any]] = None, *,
        types: Optional[Mapping[str, str]] = None, **columns: Any,
    ) -> int:
        """Changes attributes of items, all of them or none, durable on return, while others write to the
        store: set_attributes([1, 2], stock=[5, 0], brand=["own", None]). None takes a value away. Columns of
        names that are no identifiers go into `attributes`; types, such as {"added": "time"}, says what a
        column is that would be taken for something else. Returns how many items are new to the catalogue."""
        id, keep, new = self._open(), [], C.c_int64()  # type: ignore[var-annotated]
        given = {**(attributes or {}), **columns}
        if not self._attribute_types.keys() >= given.keys() and self.exists:
            # Types never change: asked once, and again only for a name that is new here.
            self._attribute_types = {a["name"]: a["type"] for a in self.attributes()}
        struct = _attributes.item_columns(items, given, types or {}, keep, self._attribute_types)
        check(lib.ee_set_attributes(id, C.addressof(struct), C.addressof(new)))
        return new.value

    def attributes(self) -> List[Dict[str, Any]]:
        """Every attribute of the catalogue: [{"name", "type", "filled", "values"}]."""
        found: List[Dict[str, Any]] = json.loads(copy_out(lib.ee_attributes, self._open()))
        return found

    def item_attributes(self, item: Key) -> Dict[str, str]:
        """What the catalogue says of an item, as people write it; {} where it says nothing."""
        key = str(item).encode("utf-8")
        found: Dict[str, str] = json.loads(copy_out(lib.ee_item_attributes, self._open(), key, len(key)))
        return found

    def import_vectors(
        self, source: Any, space: str, *, items: Any = None, format: str = "auto",
        ids_path: Optional[Path] = None, item: Optional[str] = None, vectors_column: Optional[str] = None,
        name: Optional[str] = None, max_errors: int = 1000, allow_unknown: bool = False,
        add_items: bool = False, publish: bool = True, threads: int = 0, m: int = 32,
        ef_construction: int = 200, ef_search: int = 64, seed: int = 1, progress: ProgressOption = None,
    ) -> Dict[str, Any]:
        """Adds vectors as a further space to a copy of the active version: of a file (.npy, safetensors,
        word2vec, JSON lines), of rows of numbers with their keys in `items` (lists, NumPy arrays of any
        float type), or of a table that has __arrow_c_stream__, a column of keys (item) and one of lists
        (vectors_column). Vectors of items without a row wait for the next training, those that nothing knows
        with add_items too: {"version", "space", "dimensions", "items", "missing", "waiting", "new_items",
        "unknown", "rejected", "first_errors"}."""
        id, keep, options = self._open(), [], L.VectorImportOptions()  # type: ignore[var-annotated]
        check(lib.ee_vector_import_options_init(C.addressof(options)))
        options.format, options.space = choice(L.FILES, format, "format"), L.text(space)
        if ids_path is not None:
            options.ids_path = L.text(os.fspath(ids_path))
        if name is not None:
            options.name = L.text(name)
        if item is not None:
            options.item = L.text(item)
        if vectors_column is not None:
            options.vectors_column = L.text(vectors_column)
        options.max_errors, options.allow_unknown = max_errors, int(allow_unknown)
        options.add_items = int(add_items)
        options.publish, options.threads = int(publish), threads
        options.m, options.ef_construction, options.ef_search = m, ef_construction, ef_search
        options.seed = seed
        given = C.addressof(options)
        stream = None if items is not None else _arrow.stream(source, keep)
        if items is not None:
            columns = C.addressof(_attributes.vector_columns(source, items, keep))
            run(lambda call: lib.ee_import_vector_columns(id, columns, given, call, None, None), progress)
        elif stream is not None:
            run(lambda call: lib.ee_import_vectors_stream(id, stream, given, call, None, None), progress)
        elif isinstance(source, (str, os.PathLike)):
            text = os.fspath(source).encode("utf-8")
            run(lambda call: lib.ee_import_vectors(
                id, text, len(text), given, call, None, None), progress)
        else:
            raise InvalidArgumentError(
                f"vectors come from a file, rows with items=..., or an Arrow table, not from a "
                f"{type(source).__name__}")
        result: Dict[str, Any] = self._last_result()
        if publish:
            self._model = None
        return result

    def train(
        self, *, preset: str = "balanced", name: Optional[str] = None,
        until_ms: Union[None, int, datetime.datetime] = None, threads: int = 0, deterministic: bool = False,
        seed: int = 42, publish: bool = True, measure_sessions: int = 10_000, gate: str = "none",
        progress: ProgressOption = None, **settings: Any,
    ) -> Version:
        """Trains, measures and publishes a version. settings: dimensions, window, epochs, min_count, m, ...
        until_ms: a datetime without a zone is UTC. gate: "active" publishes only what is not worse than the
        active version on the same later sessions; `gate` of the version has what was found, and why not."""
        id = self._open()
        options = L.TrainOptions()
        check(lib.ee_train_options_init(C.addressof(options)))
        options.preset = choice(L.PRESETS, preset, "preset")
        if name is not None:
            options.name = L.text(name)
        pairs = L.texts([f"{key}={value}" for key, value in settings.items()])
        options.settings, options.setting_count = pairs, len(settings)
        if until_ms is not None:
            options.has_until_ms, options.until_ms = 1, _columns.milliseconds(until_ms, "until_ms")
        options.threads, options.seed = _columns.number(threads, "threads"), _columns.number(seed, "seed")
        options.measure_sessions = _columns.number(measure_sessions, "measure_sessions")
        options.deterministic, options.publish = int(deterministic), int(publish)
        options.gate = choice(L.GATES, gate, "gate")
        run(lambda call: lib.ee_train(id, C.addressof(options), call, None, None), progress)
        result = self._last_result()
        self._model = None
        return Version.from_json(result)

    def evaluate(
        self, test: Optional[Path] = None, *, protocol: str = "next", k: int = 20,
        sources: Optional[Iterable[str]] = None, max_sessions: int = 0, threads: int = 0, seed: int = 42,
        compare_with: int = 0, max_history: int = 0, history: str = "session", record: bool = False,
        explore: float = 0.0, progress: ProgressOption = None, **options: Any,
    ) -> Report:
        """Measures the active version on a test file, or returns what train measured. compare_with: a version
        to compare with on the same cases; `compared` of the report has the differences. max_history:
        histories are cut to so many known events, 0 = all. history: "session", or "user" to hand over what
        users did in earlier sessions (`against_session` of the report has the gain). record: keeps the
        figures in the store with the version. explore: also measures hybrid with this share of its places
        explored (`exploration` of the report has what that costs and shows). options: as import_events."""
        id, keep = self._open(), []  # type: ignore[var-annotated]
        given = L.EvaluateOptions()
        check(lib.ee_evaluate_options_init(C.addressof(given)))
        given.protocol = choice(L.PROTOCOLS, protocol, "protocol")
        if test is not None:
            given.test = L.text(os.fspath(test))
        read = _import_options(options, keep)
        given.test_options = C.pointer(read)
        given.k, given.max_sessions, given.threads, given.seed = k, max_sessions, threads, seed
        given.compare_with, given.max_history, given.record = compare_with, max_history, int(record)
        given.history = choice(L.HISTORIES, history, "history")
        given.explore = explore
        given.sources = 0 if sources is None else sum(
            1 << choice(_sources.numbers(), s, "source") for s in _columns.unique(sources))
        run(lambda call: lib.ee_evaluate(id, C.addressof(given), call, None), progress)
        return Report.from_json(self._last_result())

    def inspect(
        self, session: Optional[Key] = None, *, test: Optional[Path] = None, source: str = "hybrid",
        k: int = 20, steps: int = 0, seed: int = 42, progress: ProgressOption = None, **options: Any,
    ) -> Dict[str, Any]:
        """Replays a session (None: a random one) of the log or of a test file: {"session", "steps": [{"step",
        "history", "truth", "rank", "ranks", "items"}], ...}. options: as import_events; the column of session
        keys is session_column."""
        id, keep, given = self._open(), [], L.InspectOptions()  # type: ignore[var-annotated]
        check(lib.ee_inspect_options_init(C.addressof(given)))
        if session is not None:
            given.session = L.text(str(session))
        if test is not None:
            given.test = L.text(os.fspath(test))
        if "session_column" in options:
            options["session"] = options.pop("session_column")
        given.test_options = C.pointer(_import_options(options, keep))
        given.source, given.k = choice(_sources.numbers(), source, "source"), k
        given.steps, given.seed = steps, seed
        run(lambda call: lib.ee_inspect(id, C.addressof(given), call, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def versions(self) -> List[Version]:
        """All versions, oldest first."""
        return [Version.from_json(v) for v in json.loads(copy_out(lib.ee_versions, self._open()))]

    def manifest(self, version: int = 0) -> Dict[str, Any]:
        """A version's manifest; 0 = the active one."""
        manifest: Dict[str, Any] = json.loads(copy_out(lib.ee_manifest, self._open(), version))
        return manifest

    def info(self) -> Dict[str, Any]:
        """What the store holds."""
        info: Dict[str, Any] = json.loads(copy_out(lib.ee_info, self._open()))
        return info

    def publish(self, version: int) -> None:
        """Makes a version the active one."""
        check(lib.ee_publish(self._open(), version))
        self._model = None

    def rollback(self, to: int = 0) -> int:
        """Goes back to a version, or to the parent of the active one; returns the version now active."""
        version = C.c_int64()
        check(lib.ee_rollback(self._open(), to, C.addressof(version)))
        self._model = None
        return version.value

    def refresh(self) -> bool:
        """Moves on to the version that is active now; True when it is another one."""
        check(lib.ee_refresh(self._open(), None))
        before = self._model
        if before is None:
            return False
        now = self.open_model()
        if now.version == before.version:
            return False
        self._model = now
        return True

    def set_alias(self, alias: str, version: int) -> None:
        """Gives a version a second name, or moves it; aliased versions are never collected."""
        text = alias.encode("utf-8")
        check(lib.ee_set_alias(self._open(), text, len(text), version))

    def remove_alias(self, alias: str) -> None:
        """Removes an alias; the version stays."""
        text = alias.encode("utf-8")
        check(lib.ee_remove_alias(self._open(), text, len(text)))

    def aliases(self) -> Dict[str, int]:
        """All aliases with their versions, "active" among them."""
        aliases: Dict[str, int] = json.loads(copy_out(lib.ee_aliases, self._open()))
        return aliases

    def resolve_version(self, name: str) -> int:
        """The version that a number, an alias or a version's name stands for."""
        text, version = name.encode("utf-8"), C.c_int64()
        check(lib.ee_resolve_version(self._open(), text, len(text), C.addressof(version)))
        return version.value

    def diff(self, a: int, b: int) -> List[Dict[str, Any]]:
        """What differs between two versions' manifests: {"key", "a", "b"}."""
        differences: List[Dict[str, Any]] = json.loads(copy_out(lib.ee_diff, self._open(), a, b))
        return differences

    def lineage(self, version: int) -> List[int]:
        """The version, its parent, and so on."""
        line: List[int] = json.loads(copy_out(lib.ee_lineage, self._open(), version))
        return line

    def collect(self, keep: int) -> Dict[str, List[int]]:
        """Removes old versions: {"collected": [...], "leased": [...]}."""
        check(lib.ee_collect(self._open(), keep, None))
        result: Dict[str, List[int]] = self._last_result()
        return result

    def verify(self, full: bool = False, *, progress: ProgressOption = None) -> Dict[str, Any]:
        """Checks every file: {"sound", "files", "bytes", "faults": [{"file", "problem"}]}."""
        id, faults = self._open(), C.c_int64()
        run(lambda call: lib.ee_verify(id, int(full), call, None, C.addressof(faults)), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def drift(self, from_: int = 0, to: int = 0, *, progress: ProgressOption = None) -> Dict[str, Any]:
        """What changed from one version to another (0: the parent of the later one; the active one), and
        whether it is more than chance: {"kl", "js", "psi", "null", "vector_drift", "neighbor_overlap",
        "drifted", "alarms": [{"measure", "value", "threshold", "sentence"}], "spaces", "features", "moved",
        ...}."""
        id = self._open()
        run(lambda call: lib.ee_drift(id, from_, to, call, None, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def health(self, *, progress: ProgressOption = None) -> Dict[str, Any]:
        """What goes wrong in silence, each with its remedy, and whether to train again: {"ok", "version",
        "checks": [{"name", "measure", "value", "threshold", "source", "ok", "remedy"}], "retrain":
        {"advised", "reasons", "causes"}}."""
        id = self._open()
        run(lambda call: lib.ee_health(id, call, None, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def backup(self, directory: Path, *, progress: ProgressOption = None) -> Dict[str, Any]:
        """Copies the store, while it is used, into a new directory: {"path", "versions", "files", "bytes",
        "attempts"}."""
        id, text = self._open(), os.fspath(directory).encode("utf-8")
        run(lambda call: lib.ee_backup(id, text, len(text), call, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def upgrade(self) -> Dict[str, int]:
        """Brings a store of an older format up to this library's: {"from", "to"}; the first write does it
        too."""
        before, after = C.c_int32(), C.c_int32()
        check(lib.ee_upgrade(self._open(), C.addressof(before), C.addressof(after)))
        return {"from": before.value, "to": after.value}

    def observe(
        self, user: Key, item: Key, action: str = "clicks", time_ms: Union[int, datetime.datetime] = 0,
    ) -> None:
        """Logs one event as it happens; the next import or training takes it up. time_ms 0 = now. Warns once
        of an action that is new to the store: it keeps its name and counts 1."""
        texts = [str(text).encode() for text in (user, item, action)]
        arguments: List[Any] = [value for text in texts for value in (text, len(text))]
        check(lib.ee_observe(self._open(), *arguments, _columns.milliseconds(time_ms, "time_ms")))
        if action in self._observed_actions:
            return
        self._observed_actions.add(action)
        if not self.knows_action(action):
            warnings.warn(f"the action {action!r} is new to this store: it keeps its name and counts 1",
                          EmbedEngineWarning, stacklevel=2)

    def knows_action(self, action: str) -> bool:
        """Whether the store has an action of that name or alias."""
        text, known = action.encode(), C.c_int32()
        check(lib.ee_knows_action(self._open(), text, len(text), C.addressof(known)))
        return bool(known.value)

    def flush_observed(self) -> None:
        """Makes what was observed survive a power cut."""
        check(lib.ee_flush_observed(self._open()))

    def compact(
        self, retention: Optional[datetime.timedelta] = None, *, progress: ProgressOption = None
    ) -> Dict[str, int]:
        """Rewrites the log into as few segments as it can; with a retention, older events go."""
        keep = -1 if retention is None else retention // datetime.timedelta(milliseconds=1)
        id = self._open()
        run(lambda call: lib.ee_compact(id, keep, call, None), progress)
        result: Dict[str, int] = self._last_result()
        return result

    def forget(
        self, *, user: Optional[Key] = None, item: Optional[Key] = None, progress: ProgressOption = None
    ) -> Dict[str, Any]:
        """Removes a user or an item from the log; versions made before are listed: train and collect."""
        if (user is None) == (item is None):
            raise InvalidArgumentError("give user or item, and not both")
        key = str(item if user is None else user).encode()
        id, what = self._open(), int(user is None)
        run(lambda call: lib.ee_forget(id, what, key, len(key), call, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def open_model(self, version: int = 0) -> Model:
        """A version of its own, whatever is active; 0 = the active one now."""
        id = C.c_uint64()
        check(lib.ee_model_open(self._open(), version, C.addressof(id)))
        return Model(id.value)

    @property
    def model(self) -> Model:
        """The version that answers: the one active at the last train, publish, rollback or refresh."""
        model = self._model
        if model is None or self._id is None:
            model = self._model = self.open_model()
        return model

    def recommend(self, session: Iterable[Any], k: int = 20, **options: Any) -> Recommendations:
        """See Model.recommend."""
        return (self._model or self.model).recommend(session, k, **options)

    def recommend_batch(self, sessions: Any, k: int = 20, **options: Any) -> Batch:
        """See Model.recommend_batch."""
        return self.model.recommend_batch(sessions, k, **options)

    def recommend_user(
        self, user: Key, session: Iterable[Any] = (), k: int = 20, **options: Any,
    ) -> Recommendations:
        """See Model.recommend_user."""
        return self.model.recommend_user(user, session, k, **options)

    def recommend_user_batch(
        self, users: Sequence[Key], sessions: Any = None, k: int = 20, **options: Any,
    ) -> Batch:
        """See Model.recommend_user_batch."""
        return self.model.recommend_user_batch(users, sessions, k, **options)

    def profile(self, user: Key, vector: str = "served") -> Profile:
        """See Model.profile."""
        return self.model.profile(user, vector)

    def search(self, vectors: Any, k: int = 10, **options: Any) -> Any:
        """See Model.search."""
        return self.model.search(vectors, k, **options)

    def similar_tokens(self, token: str, k: int = 10) -> List[Tuple[str, float]]:
        """See Model.similar_tokens."""
        return self.model.similar_tokens(token, k)

    def similar_users(
        self, user: Key, k: int = 10, *, by: str = "traits", vector: str = "served",
    ) -> List[SimilarUser]:
        """See Model.similar_users."""
        return self.model.similar_users(user, k, by=by, vector=vector)

    def traits(self) -> Dict[str, Any]:
        """The traits of the active version, to be read: {"k", "customers", "stability", "traits": [{"index",
        "name", "share", "tokens", "items", "categories", "customers"}]}."""
        check(lib.ee_traits(self._open()))
        result: Dict[str, Any] = self._last_result()
        return result

    def explore(self, *, live: bool = True, progress: ProgressOption = None) -> Dict[str, Any]:
        """What is in the log: {"events", "sessions", "items", "users", "actions", "session_length", "daily",
        ...}, as `embedengine explore --json`; docs/explore.md says what each counts. Needs no training. What
        the log cannot tell, such as users or times, is None; "notes" says so. live False leaves out what was
        observed and no import or training has taken up yet."""
        id = self._open()
        run(lambda call: lib.ee_explore(id, int(live), call, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def refresh_version(
        self, *, customers_only: bool = False, threads: int = 0, progress: ProgressOption = None,
    ) -> Dict[str, Any]:
        """Folds the events since the active version was made into a new one without training: {"version",
        "parent", "new_events", "unknown_item_events", "users", "renewed", "seconds"}."""
        id = self._open()
        run(lambda call: lib.ee_refresh_version(id, int(customers_only), threads, call, None), progress)
        result: Dict[str, Any] = self._last_result()
        self._model = None
        return result

    def explain(
        self, session: Iterable[Any], answer: Sequence[Scored], user: Optional[Key] = None,
    ) -> List[Reason]:
        """See Model.explain."""
        return self.model.explain(session, answer, user)

    def explain_rules(self, answer: Sequence[Scored], **rules: Any) -> Dict[str, Any]:
        """See Model.explain_rules."""
        return self.model.explain_rules(answer, **rules)

    def explain_explored(
        self, session: Iterable[Any], answer: Sequence[Scored], user: Optional[Key] = None, **rules: Any,
    ) -> List[Optional[str]]:
        """See Model.explain_explored."""
        return self.model.explain_explored(session, answer, user, **rules)

    def bought_together(self, items: Any, k: int = 10, **rules: Any) -> Basket:
        """See Model.bought_together."""
        return self.model.bought_together(items, k, **rules)

    def popular(self, k: int = 20, window_days: int = 0, action: Optional[str] = None) -> List[Scored]:
        """See Model.popular."""
        return self.model.popular(k, window_days, action)

    def recommend_file(self, path: Path, out: Path, k: int = 20, **options: Any) -> Dict[str, Any]:
        """See Model.recommend_file."""
        return self.model.recommend_file(path, out, k, **options)

    def similar(
        self, item: Key, k: int = 10, *, space: Optional[str] = None, **rules: Any,
    ) -> List[Scored]:
        """See Model.similar."""
        return self.model.similar(item, k, space=space, **rules)

    def similar_batch(self, items: Any, k: int = 10, *, space: Optional[str] = None) -> Batch:
        """See Model.similar_batch."""
        return self.model.similar_batch(items, k, space=space)

    def export(
        self, path: Path, kind: str = "vectors", *, format: str = "auto", window: int = 0, shift: float = 0,
        space: Optional[str] = None, out_vectors: bool = False, progress: ProgressOption = None,
    ) -> Dict[str, Any]:
        """As Model.export, and "cooccurrence" or "ppmi" (csv, jsonl) over the log: item_id, neighbor_id,
        count or ppmi. window, shift: 0 = as the version was trained."""
        id, text = self._open(), os.fspath(path).encode("utf-8")
        options = export_options(kind, format, space, out_vectors, window, shift)
        run(lambda call: lib.ee_engine_export(
            id, text, len(text), C.addressof(options), call, None), progress)
        result: Dict[str, Any] = self._last_result()
        return result

    def write_bundle(
        self, path: Path, spaces: Optional[Sequence[str]] = None, **options: Any
    ) -> Dict[str, Any]:
        """See Model.write_bundle."""
        return self.model.write_bundle(path, spaces, **options)

    def vectors(self, space: Optional[str] = None, out: bool = False) -> Any:
        """See Model.vectors."""
        return self.model.vectors(space, out)

    def items(self) -> Any:
        """See Model.items."""
        return self.model.items()

    def _open(self) -> int:
        if self._id is None:
            raise HandleError("the database is closed")
        return self._id

    def _last_result(self) -> Any:
        return json.loads(copy_out(lib.ee_last_result, self._open()))


def _reopen(path: str, verify: str, read_only: bool, wait: float) -> Database:
    return Database(path, verify=verify, read_only=read_only, wait=wait)


def _import_options(options: Dict[str, Any], keep: List[Any]) -> L.ImportOptions:
    given = L.ImportOptions()
    check(lib.ee_import_options_init(C.addressof(given)))
    for name, value in options.items():
        if value is None:
            continue
        if name in _TEXT_OPTIONS or name == "action_map":
            setattr(given, name, L.text(value))
        elif name in _NUMBER_OPTIONS:
            setattr(given, name, _columns.number(value, name))
        elif name == "format":
            given.format = choice(L.FORMATS, value, name)
        elif name == "time_unit":
            given.time_unit = choice(L.TIME_UNITS, value, name)
        elif name == "keys":
            given.key_kind = choice(L.KEYS, value, name)
        else:
            raise InvalidArgumentError(f"import option {name!r} is not known")
    keep.append(given)
    return given


def _columns_struct(source: Mapping[str, Any], keep: List[Any]) -> L.Columns:
    columns = L.Columns(struct_size=C.sizeof(L.Columns))
    for name in ("items", "sessions", "users"):
        if source.get(name) is None:
            continue
        values = _columns.column(source[name], name)
        if _columns.is_text(values):
            _place_texts(columns, name[:-1] + "_texts", values, name, keep)
        else:
            _place(columns, name, _columns.int64s(values, name), keep)
    if source.get("times_ms") is not None:
        _place(columns, "times_ms", _columns.times(source["times_ms"], "times_ms"), keep)
    if source.get("actions") is not None:
        codes, names = _columns.action_codes(source["actions"])
        names = source.get("action_names", names)
        _place(columns, "actions", codes, keep)
        if names is not None:
            columns.action_names, columns.action_name_count = L.texts(names), len(names)
    for name in ("categories", "titles"):
        if source.get(name) is not None:
            _place_texts(columns, name, _columns.column(source[name], name), name, keep)
    unknown = set(source) - {
        "items", "sessions", "users", "times_ms", "actions", "action_names", "categories", "titles"}
    if unknown:
        raise InvalidArgumentError(f"column {sorted(unknown)[0]!r} is not known")
    keep.append(columns)
    return columns


def _place_texts(columns: L.Columns, field: str, values: Any, name: str, keep: List[Any]) -> None:
    text = _columns.texts(_columns.as_list(values), name)
    block = C.create_string_buffer(text.bytes, max(len(text.bytes), 1))
    setattr(columns, field, L.TextColumn(C.addressof(block), text.offsets.address))
    keep += [text, block]
    _same_count(columns, text.count, name)


def _place(columns: L.Columns, name: str, column: _columns.Buffer, keep: List[Any]) -> None:
    _same_count(columns, column.count, name)
    setattr(columns, name, column.address)
    keep.append(column)


def _same_count(columns: L.Columns, count: int, name: str) -> None:
    if columns.count and columns.count != count:
        raise InvalidArgumentError(f"{name} has {count} elements, other columns {columns.count}")
    columns.count = count
