"""The structs and prototypes of include/embed_engine.h. A test compares every one with the header and the C
compiler, so a name here is the header's name. Handles are structs of one uint64 and passed as such: the
platforms' C conventions pass the two alike."""

from __future__ import annotations

import ctypes as C
from typing import Any, Dict, List, Sequence, Tuple, Type

ABI_VERSION = 1

OK = 0
E_BUFFER_TOO_SMALL = -12

DIVERSITY: Dict[str, int] = {"vectors": 0, "category": 1, "attribute": 2}
SEEN: Dict[str, int] = {"keep": 0, "drop": 1, "demote": 2}
FORMATS: Dict[str, int] = {
    "auto": 0, "otto": 1, "csv": 2, "tsv": 3, "sessions": 4, "jsonl": 6, "headerless": 7}
TIME_UNITS: Dict[str, int] = {"auto": 0, "s": 1, "ms": 2, "iso": 3}
KEYS: Dict[str, int] = {"auto": 0, "int64": 1, "string": 2}
PRESETS: Dict[str, int] = {"fast": 0, "balanced": 1, "best": 2}
GATES: Dict[str, int] = {"none": 0, "active": 1}
PROTOCOLS: Dict[str, int] = {"next": 0, "last": 1, "rest": 2}
HISTORIES: Dict[str, int] = {"session": 0, "user": 1}
USER_VECTORS: Dict[str, int] = {
    "served": 0, "mix": 1, "average": 2, "time": 3, "debiased": 4, "mean": 5, "tf_idf": 6, "recency": 7,
    "attention": 8, "encoder": 9,
}
SIDES: Dict[str, int] = {"in": 0, "out": 1}
LIKENESSES: Dict[str, int] = {"traits": 0, "vector": 1}
VERIFY: Dict[str, int] = {"header": 0, "full": 1}
EXPORTS: Dict[str, int] = {"vectors": 0, "manifest": 1, "popularity": 2, "neighbors": 3, "cooccurrence": 4,
                           "ppmi": 5}
FILES: Dict[str, int] = {"auto": 0, "npy": 1, "w2v": 2, "jsonl": 3, "csv": 4, "json": 5, "safetensors": 6}
FALLBACKS: Tuple[str | None, ...] = (
    None, "empty_session", "unknown_items", "no_candidates", "session", "category", "action", "centroid",
    "popularity", "brand")
FALLBACK_ATTRIBUTE = 16
EXPLORED = 0x80000000
KEYS_TEXT = 2


class Text(C.Structure):
    _fields_ = [("data", C.c_char_p), ("length", C.c_int64)]


def text(value: str) -> Text:
    """An ee_text."""
    data = value.encode("utf-8")
    return Text(data, len(data))


def texts(values: Sequence[str]) -> Any:
    """An array of ee_text, never empty: its address is never NULL."""
    return (Text * max(len(values), 1))(*(text(v) for v in values))


class TextColumn(C.Structure):
    _fields_ = [("bytes", C.c_void_p), ("offsets", C.c_void_p)]


class OpenOptions(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("verify", C.c_int32), ("read_only", C.c_int32),
                ("lock_wait", C.c_int32)]


class ImportOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("format", C.c_int32), ("session", Text), ("user", Text), ("time", Text),
        ("action", Text), ("item", Text), ("category", Text), ("title", Text), ("action_map", Text),
        ("time_unit", C.c_int32), ("key_kind", C.c_int32), ("session_gap_minutes", C.c_int32),
        ("min_session", C.c_int32), ("max_events_per_session", C.c_int32), ("strict", C.c_int32),
        ("max_errors", C.c_int64), ("max_events_per_minute", C.c_int32),
    ]


class ImportReport(C.Structure):
    _fields_ = [
        ("events", C.c_int64), ("sessions", C.c_int64), ("items", C.c_int64), ("rejected", C.c_int64),
        ("short_sessions", C.c_int64), ("long_sessions", C.c_int64), ("duplicate_events", C.c_int64),
        ("seconds", C.c_double),
    ]


class Columns(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("action_name_count", C.c_int32), ("count", C.c_int64),
        ("items", C.c_void_p),
        ("sessions", C.c_void_p), ("users", C.c_void_p), ("times_ms", C.c_void_p), ("actions", C.c_void_p),
        ("action_names", C.POINTER(Text)), ("item_texts", TextColumn), ("session_texts", TextColumn),
        ("user_texts", TextColumn), ("categories", TextColumn), ("titles", TextColumn),
    ]


class CatalogOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("format", C.c_int32), ("item", Text), ("title", Text),
        ("category", Text), ("price", Text), ("attributes", C.POINTER(Text)), ("attribute_count", C.c_int32),
        ("keys", C.c_int32), ("max_errors", C.c_int64), ("strict", C.c_int32), ("reserved", C.c_int32),
    ]


class ItemColumn(C.Structure):
    _fields_ = [
        ("name", Text), ("type", C.c_int32), ("reserved", C.c_int32), ("numbers", C.c_void_p),
        ("times_ms", C.c_void_p), ("booleans", C.c_void_p), ("texts", TextColumn),
        ("tag_offsets", C.c_void_p),
    ]


class ItemColumns(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("column_count", C.c_int32), ("count", C.c_int64),
        ("items", C.c_void_p), ("item_texts", TextColumn), ("columns", C.c_void_p),
    ]


class TrainOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("preset", C.c_int32), ("name", Text), ("settings", C.POINTER(Text)),
        ("setting_count", C.c_int32), ("threads", C.c_int32), ("seed", C.c_uint64), ("until_ms", C.c_int64),
        ("has_until_ms", C.c_int32), ("deterministic", C.c_int32), ("publish", C.c_int32),
        ("measure_sessions", C.c_int32), ("gate", C.c_int32), ("reserved", C.c_int32),
    ]


class EvaluateOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("protocol", C.c_int32), ("test", Text),
        ("test_options", C.POINTER(ImportOptions)), ("k", C.c_int32), ("max_sessions", C.c_int32),
        ("threads", C.c_int32), ("sources", C.c_uint32), ("seed", C.c_uint64), ("compare_with", C.c_int64),
        ("max_history", C.c_int32), ("record", C.c_int32), ("history", C.c_int32), ("explore", C.c_float),
    ]


class InspectOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("source", C.c_int32), ("session", Text), ("test", Text),
        ("test_options", C.POINTER(ImportOptions)), ("k", C.c_int32), ("steps", C.c_int32),
        ("seed", C.c_uint64),
    ]


class Event(C.Structure):
    _fields_ = [("item", C.c_int64), ("time_ms", C.c_int64), ("action", C.c_int32), ("reserved", C.c_int32)]


class RecommendedItem(C.Structure):
    _fields_ = [("item", C.c_int64), ("score", C.c_float), ("sources", C.c_uint32)]


class RecommendResult(C.Structure):
    _fields_ = [
        ("count", C.c_int32), ("explored", C.c_int32), ("version", C.c_int64), ("fallback", C.c_int32),
        ("unknown_items", C.c_int32), ("padded", C.c_int32), ("latency_us", C.c_float),
    ]


class Pin(C.Structure):
    _fields_ = [("item", C.c_int64), ("place", C.c_int32), ("reserved", C.c_int32)]


class Cap(C.Structure):
    _fields_ = [("name", Text), ("most", C.c_int32), ("reserved", C.c_int32)]


class RecommendOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("source", C.c_int32), ("seen", C.c_int32), ("no_padding", C.c_int32),
        ("max_per_category", C.c_int32), ("diversity", C.c_float), ("diversity_by", C.c_int32),
        ("allow", C.c_void_p), ("allow_count", C.c_int64), ("deny", C.c_void_p), ("deny_count", C.c_int64),
        ("allow_categories", C.c_void_p), ("allow_categories_count", C.c_int64),
        ("deny_categories", C.c_void_p), ("deny_categories_count", C.c_int64),
        ("filter", C.c_uint64), ("boosts", C.c_void_p), ("boost_count", C.c_int64), ("pins", C.c_void_p),
        ("pin_count", C.c_int64), ("bury", C.c_uint64), ("caps", C.c_void_p), ("cap_count", C.c_int64),
        ("weight_by", Text), ("weight", C.c_float), ("reserved", C.c_int32), ("diversity_attribute", Text),
        ("explore", C.c_float), ("fallback_by_count", C.c_int32), ("explore_seed", C.c_uint64),
        ("fallback_by", C.c_void_p),
    ]


class RecommendFileOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("k", C.c_int32), ("request", C.c_void_p), ("max_errors", C.c_int64),
        ("explain", C.c_int32), ("threads", C.c_int32),
    ]


class Reason(C.Structure):
    _fields_ = [("because", C.c_int64), ("event", C.c_int32), ("source", C.c_int32)]


class ExportOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("kind", C.c_int32), ("format", C.c_int32), ("out_vectors", C.c_int32),
        ("space", Text), ("shift", C.c_double), ("window", C.c_int32),
    ]


class VectorImportOptions(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("format", C.c_int32), ("space", Text), ("ids_path", Text),
        ("name", Text), ("max_errors", C.c_int64), ("allow_unknown", C.c_int32), ("publish", C.c_int32),
        ("threads", C.c_int32), ("m", C.c_int32), ("ef_construction", C.c_int32), ("ef_search", C.c_int32),
        ("seed", C.c_uint64), ("vectors_column", Text), ("item", Text), ("add_items", C.c_int32),
        ("reserved", C.c_int32),
    ]


class VectorColumns(C.Structure):
    _fields_ = [
        ("struct_size", C.c_uint32), ("dimensions", C.c_int32), ("count", C.c_int64), ("items", C.c_void_p),
        ("item_texts", TextColumn), ("vectors", C.c_void_p),
    ]


class VectorsView(C.Structure):
    _fields_ = [
        ("data", C.c_void_p), ("rows", C.c_int64), ("dimensions", C.c_int32), ("stride_floats", C.c_int32),
    ]


STRUCTS: Dict[str, Type[C.Structure]] = {
    "ee_text": Text, "ee_text_column": TextColumn, "ee_open_options": OpenOptions,
    "ee_import_options": ImportOptions,
    "ee_import_report": ImportReport, "ee_columns": Columns, "ee_train_options": TrainOptions,
    "ee_evaluate_options": EvaluateOptions, "ee_event": Event, "ee_recommended_item": RecommendedItem,
    "ee_recommend_result": RecommendResult, "ee_recommend_options": RecommendOptions,
    "ee_export_options": ExportOptions, "ee_vector_import_options": VectorImportOptions,
    "ee_vector_columns": VectorColumns,
    "ee_vectors_view": VectorsView, "ee_inspect_options": InspectOptions, "ee_reason": Reason,
    "ee_recommend_file_options": RecommendFileOptions, "ee_pin": Pin, "ee_cap": Cap,
    "ee_catalog_options": CatalogOptions, "ee_item_column": ItemColumn, "ee_item_columns": ItemColumns,
}

Progress = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_char_p, C.c_int64, C.c_int64)

_H, _P, _S = C.c_uint64, C.c_void_p, C.c_char_p
_I32, _I64, _U64 = C.c_int32, C.c_int64, C.c_uint64
_COPY_OUT: List[Any] = [_P, _I64, _P]

# Arrays and out-parameters are plain addresses: converting an int is the cheapest thing ctypes does.
PROTOTYPES: Dict[str, Tuple[Any, List[Any]]] = {
    "ee_abi_version": (_I32, []),
    "ee_version": (_S, []),
    "ee_features": (_U64, []),
    "ee_simd_level": (_S, []),
    "ee_status_name": (_S, [_I32]),
    "ee_source_name": (_S, [_I32]),
    "ee_last_error": (_I32, _COPY_OUT),
    "ee_open_options_init": (_I32, [_P]),
    "ee_open": (_I32, [_S, _I64, _P, _P]),
    "ee_close": (_I32, [_H]),
    "ee_exists": (_I32, [_H, _P]),
    "ee_is_read_only": (_I32, [_H, _P]),
    "ee_import_options_init": (_I32, [_P]),
    "ee_import": (_I32, [_H, _P, _I32, _P, Progress, _P, _P]),
    "ee_import_columns": (_I32, [_H, _P, _P, Progress, _P, _P]),
    "ee_catalog_options_init": (_I32, [_P]),
    "ee_import_stream": (_I32, [_H, _P, _P, Progress, _P, _P]),
    "ee_import_catalog": (_I32, [_H, _S, _I64, _P, Progress, _P]),
    "ee_import_catalog_stream": (_I32, [_H, _P, _P, Progress, _P]),
    "ee_set_attributes": (_I32, [_H, _P, _P]),
    "ee_attributes": (_I32, [_H] + _COPY_OUT),
    "ee_item_attributes": (_I32, [_H, _S, _I64] + _COPY_OUT),
    "ee_filter_compile": (_I32, [_S, _I64, _P]),
    "ee_filter_free": (_I32, [_H]),
    "ee_boost_compile": (_I32, [_S, _I64, _P]),
    "ee_similar_by_rules": (_I32, [_H, _I64, _S, _I64, _P, _P, _I32, _P]),
    "ee_bought_together_by_rules": (_I32, [_H, _P, _I64, _P, _P, _I32, _P, _P]),
    "ee_train_options_init": (_I32, [_P]),
    "ee_train": (_I32, [_H, _P, Progress, _P, _P]),
    "ee_evaluate_options_init": (_I32, [_P]),
    "ee_evaluate": (_I32, [_H, _P, Progress, _P]),
    "ee_last_result": (_I32, [_H] + _COPY_OUT),
    "ee_versions": (_I32, [_H] + _COPY_OUT),
    "ee_manifest": (_I32, [_H, _I64] + _COPY_OUT),
    "ee_info": (_I32, [_H] + _COPY_OUT),
    "ee_publish": (_I32, [_H, _I64]),
    "ee_rollback": (_I32, [_H, _I64, _P]),
    "ee_refresh": (_I32, [_H, _P]),
    "ee_set_alias": (_I32, [_H, _S, _I64, _I64]),
    "ee_remove_alias": (_I32, [_H, _S, _I64]),
    "ee_aliases": (_I32, [_H] + _COPY_OUT),
    "ee_resolve_version": (_I32, [_H, _S, _I64, _P]),
    "ee_diff": (_I32, [_H, _I64, _I64] + _COPY_OUT),
    "ee_lineage": (_I32, [_H, _I64] + _COPY_OUT),
    "ee_collect": (_I32, [_H, _I32, _P]),
    "ee_verify": (_I32, [_H, _I32, Progress, _P, _P]),
    "ee_drift": (_I32, [_H, _I64, _I64, Progress, _P, _P]),
    "ee_health": (_I32, [_H, Progress, _P, _P]),
    "ee_upgrade": (_I32, [_H, _P, _P]),
    "ee_backup": (_I32, [_H, _S, _I64, Progress, _P]),
    "ee_user_count": (_I32, [_H, _P]),
    "ee_profile_cache": (_I32, [_H, _P, _P, _P]),
    "ee_explain_user": (_I32, [_H, _S, _I64, _P, _I64, _P, _I64, _P]),
    "ee_recommend_user": (_I32, [_H, _S, _I64, _P, _I64, _P, _P, _I32, _P]),
    "ee_recommend_user_batch": (_I32, [_H, _P, _P, _P, _I64, _P, _P, _I32, _P]),
    "ee_profile": (_I32, [_H, _S, _I64, _I32, _P, _I32, _P, _P, _I32, _P]),
    "ee_search": (_I32, [_H, _P, _I64, _I32, _S, _I64, _I32, _I64, _P, _P, _I32, _P]),
    "ee_similar_users": (_I32, [_H, _S, _I64, _I32, _I32, _I32]),
    "ee_similar_tokens": (_I32, [_H, _S, _I64, _I32]),
    "ee_traits": (_I32, [_H]),
    "ee_refresh_version": (_I32, [_H, _I32, _I32, Progress, _P]),
    "ee_explore": (_I32, [_H, _I32, Progress, _P]),
    "ee_knows_action": (_I32, [_H, _S, _I64, _P]),
    "ee_observe": (_I32, [_H, _S, _I64, _S, _I64, _S, _I64, _I64]),
    "ee_flush_observed": (_I32, [_H]),
    "ee_compact": (_I32, [_H, _I64, Progress, _P]),
    "ee_forget": (_I32, [_H, _I32, _S, _I64, Progress, _P]),
    "ee_model_open": (_I32, [_H, _I64, _P]),
    "ee_model_close": (_I32, [_H]),
    "ee_model_version": (_I32, [_H, _P]),
    "ee_model_manifest": (_I32, [_H] + _COPY_OUT),
    "ee_spaces": (_I32, [_H] + _COPY_OUT),
    "ee_item_count": (_I32, [_H, _P]),
    "ee_key_kind": (_I32, [_H, _P]),
    "ee_model_last_result": (_I32, [_H] + _COPY_OUT),
    "ee_export_options_init": (_I32, [_P]),
    "ee_export": (_I32, [_H, _S, _I64, _P, Progress, _P]),
    "ee_engine_export": (_I32, [_H, _S, _I64, _P, Progress, _P]),
    "ee_vector_import_options_init": (_I32, [_P]),
    "ee_import_vectors": (_I32, [_H, _S, _I64, _P, Progress, _P, _P]),
    "ee_import_vector_columns": (_I32, [_H, _P, _P, Progress, _P, _P]),
    "ee_import_vectors_stream": (_I32, [_H, _P, _P, Progress, _P, _P]),
    "ee_write_bundle": (_I32, [_H, _S, _I64, _P, _I32, Progress, _P]),
    "ee_write_compressed_bundle": (_I32, [_H, _S, _I64, _P, _I32, Progress, _P]),
    "ee_unpack_bundle": (_I32, [_S, _I64, _S, _I64, Progress, _P, _P, _P]),
    "ee_open_bundle": (_I32, [_S, _I64, _P, _P]),
    "ee_recommend_options_init": (_I32, [_P]),
    "ee_recommend": (_I32, [_H, _P, _I64, _P, _P, _I32, _P]),
    "ee_recommend_batch": (_I32, [_H, _P, _P, _I64, _P, _P, _I32, _P]),
    "ee_explain_rules": (_I32, [_H, _P, _I64, _P]),
    "ee_explain_explored": (_I32, [_H, _S, _I64, _P, _I64, _P, _I64, _P]),
    "ee_explain": (_I32, [_H, _P, _I64, _P, _I64, _P]),
    "ee_bought_together": (_I32, [_H, _P, _I64, _P, _I32, _P, _P]),
    "ee_popular": (_I32, [_H, _I32, _S, _I64, _P, _I32, _P]),
    "ee_recommend_file_options_init": (_I32, [_P]),
    "ee_recommend_file": (_I32, [_H, _S, _I64, _S, _I64, _P, Progress, _P]),
    "ee_category": (_I32, [_H, _S, _I64, _P]),
    "ee_item_category": (_I32, [_H, _I64] + _COPY_OUT),
    "ee_inspect_options_init": (_I32, [_P]),
    "ee_inspect": (_I32, [_H, _P, Progress, _P]),
    "ee_similar": (_I32, [_H, _I64, _S, _I64, _P, _I32, _P]),
    "ee_similar_batch": (_I32, [_H, _P, _I64, _S, _I64, _P, _I32, _P]),
    "ee_vectors": (_I32, [_H, _S, _I64, _I32, _P]),
    "ee_items": (_I32, [_H, _P, _I64, _P]),
    "ee_rows": (_I32, [_H, _P, _I64, _P]),
    "ee_keys_to_items": (_I32, [_H, _S, _P, _I64, _P, _P]),
    "ee_item_key": (_I32, [_H, _I64] + _COPY_OUT),
    "ee_item_keys": (_I32, [_H, _P, _I64, _P, _P, _I64, _P]),
    "ee_action_code": (_I32, [_H, _S, _I64, _P]),
}
