"""A table with __arrow_c_stream__, made by ctypes: what pyarrow, polars and DuckDB hand over."""

from __future__ import annotations

import ctypes as C
from typing import Any, Dict, List, Optional, Tuple


class Schema(C.Structure):
    pass


class Array(C.Structure):
    pass


class Stream(C.Structure):
    pass


_ReleaseSchema = C.CFUNCTYPE(None, C.POINTER(Schema))
_ReleaseArray = C.CFUNCTYPE(None, C.POINTER(Array))
_GetSchema = C.CFUNCTYPE(C.c_int, C.POINTER(Stream), C.POINTER(Schema))
_GetNext = C.CFUNCTYPE(C.c_int, C.POINTER(Stream), C.POINTER(Array))
_LastError = C.CFUNCTYPE(C.c_void_p, C.POINTER(Stream))
_ReleaseStream = C.CFUNCTYPE(None, C.POINTER(Stream))

Schema._fields_ = [
    ("format", C.c_char_p), ("name", C.c_char_p), ("metadata", C.c_char_p), ("flags", C.c_int64),
    ("n_children", C.c_int64), ("children", C.POINTER(C.POINTER(Schema))), ("dictionary", C.POINTER(Schema)),
    ("release", _ReleaseSchema), ("private_data", C.c_void_p)]
Array._fields_ = [
    ("length", C.c_int64), ("null_count", C.c_int64), ("offset", C.c_int64), ("n_buffers", C.c_int64),
    ("n_children", C.c_int64), ("buffers", C.POINTER(C.c_void_p)), ("children", C.POINTER(C.POINTER(Array))),
    ("dictionary", C.POINTER(Array)), ("release", _ReleaseArray), ("private_data", C.c_void_p)]
Stream._fields_ = [
    ("get_schema", _GetSchema), ("get_next", _GetNext), ("get_last_error", _LastError),
    ("release", _ReleaseStream), ("private_data", C.c_void_p)]

_Destructor = C.CFUNCTYPE(None, C.c_void_p)
_new = C.pythonapi.PyCapsule_New
_new.restype, _new.argtypes = C.py_object, [C.c_void_p, C.c_char_p, _Destructor]
_pointer = C.PYFUNCTYPE(C.c_void_p, C.c_void_p, C.c_char_p)(("PyCapsule_GetPointer", C.pythonapi))

Column = Tuple[str, List[Any]]

# A capsule may outlive its table in a traceback: what its destructor calls must be there then.
_KEPT: List[List[Any]] = []


class Table:
    """Columns by name: an Arrow format (l, g, b, u, tsm:, +l of f) and values, None among them."""

    def __init__(self, columns: Dict[str, Column], batches: int = 1, error: Optional[str] = None) -> None:
        self.columns, self.batches, self.error = columns, batches, error
        self.keep: List[Any] = []
        _KEPT.append(self.keep)
        self.given = self.released = self.streams_released = self.capsules_freed = 0

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        error = C.create_string_buffer((self.error or "").encode())
        remaining = [self.batches]

        @_GetSchema
        def get_schema(_: Any, to: Any) -> int:
            to[0] = self._schema()
            return 0

        @_GetNext
        def get_next(_: Any, to: Any) -> int:
            if self.error:
                return 5
            if remaining[0] == 0:
                to[0] = Array()
                return 0
            remaining[0] -= 1
            self.given += 1
            to[0] = self._batch()
            return 0

        @_ReleaseStream
        def release(stream: Any) -> None:
            self.streams_released += 1
            stream[0].release = _ReleaseStream()

        @_Destructor
        def free(capsule: int) -> None:
            at = Stream.from_address(_pointer(capsule, b"arrow_array_stream"))
            if at.release:
                at.release(C.byref(at))
            self.capsules_freed += 1

        last_error = _LastError(lambda _: C.addressof(error))
        stream = Stream(get_schema, get_next, last_error, release)
        self.keep += [error, get_schema, get_next, release, free, last_error, stream]
        return _new(C.addressof(stream), b"arrow_array_stream", free)

    def _schema(self) -> Schema:
        @_ReleaseSchema
        def release(schema: Any) -> None:
            schema[0].release = _ReleaseSchema()

        children = [self._field(name, kind) for name, (kind, _) in self.columns.items()]
        return self._place(Schema(format=b"+s", name=b"", release=release), children, Schema, release)

    def _field(self, name: str, kind: str) -> Schema:
        top, _, inner = kind.partition(" ")
        schema = Schema(format=top.encode(), name=name.encode())
        return self._place(schema, [self._field("item", inner)] if inner else [], Schema)

    def _batch(self) -> Array:
        @_ReleaseArray
        def release(array: Any) -> None:
            self.released += 1
            array[0].release = _ReleaseArray()

        children = [self._array(kind, values) for kind, values in self.columns.values()]
        array = Array(length=children[0].length, n_buffers=1, release=release)
        array.buffers = self._buffers([None])
        return self._place(array, children, Array, release)

    def _array(self, kind: str, values: List[Any]) -> Array:
        top, _, inner = kind.partition(" ")
        bits = bytearray((len(values) + 7) // 8 + 1)
        for i, value in enumerate(values):
            bits[i // 8] |= (value is not None) << (i % 8)
        children: List[Array] = []
        buffers: List[Optional[bytes]] = [bytes(bits) if None in values else None]
        if top in ("u", "+l"):
            parts = [v if v is not None else ("" if top == "u" else []) for v in values]
            if top == "u":
                parts = [p.encode() for p in parts]
            offsets = [0]
            for part in parts:
                offsets.append(offsets[-1] + len(part))
            buffers.append(bytes((C.c_int32 * len(offsets))(*offsets)))
            if top == "u":
                buffers.append(b"".join(parts))
            else:
                children = [self._array(inner, [x for part in parts for x in part])]
        elif top == "b":
            data = bytearray(len(values) // 8 + 1)
            for i, value in enumerate(values):
                data[i // 8] |= bool(value) << (i % 8)
            buffers.append(bytes(data))
        else:
            code = {"f": C.c_float, "g": C.c_double}.get(top, C.c_int64)
            buffers.append(bytes((code * len(values))(*[v or 0 for v in values])))
        array = Array(length=len(values), null_count=-1, n_buffers=len(buffers))
        array.buffers = self._buffers(buffers)
        return self._place(array, children, Array)

    def _buffers(self, buffers: List[Optional[bytes]]) -> Any:
        blocks = [None if b is None else C.create_string_buffer(b, len(b) + 1) for b in buffers]
        pointers = (C.c_void_p * len(blocks))(*[b and C.addressof(b) for b in blocks])
        self.keep += [blocks, pointers]
        return C.cast(pointers, C.POINTER(C.c_void_p))

    def _place(self, parent: Any, children: List[Any], kind: Any, *keep: Any) -> Any:
        pointers = (C.POINTER(kind) * max(1, len(children)))(*[C.pointer(child) for child in children])
        parent.n_children = len(children)
        parent.children = C.cast(pointers, C.POINTER(C.POINTER(kind)))
        self.keep += [pointers, children, parent, *keep]
        return parent
