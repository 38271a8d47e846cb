"""Finds and loads the shared library, once, and turns statuses into exceptions."""

from __future__ import annotations

import ctypes as C
import os
from pathlib import Path
from typing import Any, Callable, List

from . import _layouts as L
from .errors import BY_CODE, EmbedEngineError, EngineMemoryError, LibraryNotFoundError

NAME = "libembedengine.so"
VARIABLE = "EMBEDENGINE_LIBRARY"
LEAST_ADDRESS_SPACE = 192 << 20


def candidates() -> List[Path]:
    """Where the library is looked for, in order."""
    given = os.environ.get(VARIABLE)
    if given:
        return [Path(given)]
    here = Path(__file__).resolve().parent
    # Beside the package (a wheel), or what build.sh leaves in a checkout: bindings/python/embedengine ->
    # out/lib.
    return [here / NAME, here.parents[2] / "out" / "lib" / NAME]


def _require_address_space() -> None:
    """The runtime ends the process where it cannot start: too narrow a limit (ulimit -v) is an error before
    that."""
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError, ValueError, IndexError):
        return
    if limit != resource.RLIM_INFINITY and limit - used < LEAST_ADDRESS_SPACE:
        raise EngineMemoryError(
            f"the limit of the address space (ulimit -v) leaves {max(limit - used, 0) >> 20} MB; loading "
            f"needs {LEAST_ADDRESS_SPACE >> 20} MB")


def load() -> C.CDLL:
    places = candidates()
    for path in places:
        if not path.exists():
            continue
        _require_address_space()
        try:
            library = C.CDLL(str(path))
        except OSError as e:
            raise LibraryNotFoundError(f"{path} cannot be loaded: {e}") from e
        for name, (restype, argtypes) in L.PROTOTYPES.items():
            function = getattr(library, name, None)
            if function is None:
                raise LibraryNotFoundError(
                    f"{path} has no {name}: it is older than this package; build both together")
            function.restype, function.argtypes = restype, argtypes
        if library.ee_abi_version() < L.ABI_VERSION:
            raise LibraryNotFoundError(
                f"{path} has ABI {library.ee_abi_version()}, this package needs {L.ABI_VERSION}")
        return library
    looked = ", ".join(str(p) for p in places)
    raise LibraryNotFoundError(
        f"{NAME} was not found (looked at {looked}); build it with ./build.sh, or set {VARIABLE} to its path")


lib = load()


def last_error() -> str:
    """Message of this thread's last failed call."""
    return copy_out(lib.ee_last_error)


def failure(status: int) -> EmbedEngineError:
    """The exception of a status."""
    kind = BY_CODE.get(status, EmbedEngineError)
    return kind(last_error() or lib.ee_status_name(status).decode(), status)


def check(status: int) -> None:
    """Raises unless the status is OK."""
    if status:
        raise failure(status)


def copy_out(function: Callable[..., int], *arguments: Any) -> str:
    """Runs a copy-out call with a buffer that is large enough."""
    needed = C.c_int64(0)
    capacity = 4096
    while True:
        buffer = C.create_string_buffer(capacity)
        status = function(*arguments, C.addressof(buffer), capacity, C.addressof(needed))
        if status == L.OK:
            return buffer.raw[:needed.value - 1].decode("utf-8")
        if status != L.E_BUFFER_TOO_SMALL:
            raise failure(status)
        # Another thread may make it longer between two calls: look again.
        capacity = needed.value
