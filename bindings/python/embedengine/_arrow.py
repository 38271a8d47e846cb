"""Tables of other packages by Arrow's C stream interface (PyCapsule protocol): pyarrow, polars, pandas,
DuckDB and whatever else has __arrow_c_stream__. None of them is imported."""

from __future__ import annotations

import ctypes as C
from typing import Any, List, Optional

from .errors import InvalidArgumentError

_CAPSULE = b"arrow_array_stream"

_pointer = C.pythonapi.PyCapsule_GetPointer
_pointer.restype, _pointer.argtypes = C.c_void_p, [C.py_object, C.c_char_p]


def stream(source: Any, keep: List[Any]) -> Optional[int]:
    """Address of the stream of an object; None where it has none. The library takes the stream over and
    releases it; the capsule, which is put into keep, then frees its memory alone."""
    export = getattr(source, "__arrow_c_stream__", None)
    if export is None:
        return None
    try:
        capsule = export()
    except ImportError:
        # pandas without pyarrow: its columns are read one by one.
        return None
    try:
        address: Optional[int] = _pointer(capsule, _CAPSULE)
    except (TypeError, ValueError) as e:
        raise InvalidArgumentError(
            f"__arrow_c_stream__ of a {type(source).__name__} gave no {_CAPSULE.decode()}") from e
    keep.append(capsule)
    return address
