"""Failures as exceptions: one class a status, all of them EmbedEngineError. Must know nothing of the
library itself."""

from __future__ import annotations

from typing import Dict, Type


class EmbedEngineError(Exception):
    """A call failed. `code` is the stable status number, `name` its name; the message says what to do."""

    code = -99
    name = "EE_E_INTERNAL"

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class EmbedEngineWarning(UserWarning):
    """What an import saw that a person should know: no times, odd times, actions that are not known."""


class InvalidArgumentError(EmbedEngineError, ValueError):
    """An argument is out of its documented range."""

    code, name = -1, "EE_E_INVALID_ARGUMENT"


class HandleError(EmbedEngineError):
    """The database or model is closed."""

    code, name = -2, "EE_E_HANDLE"


class NotFoundError(EmbedEngineError):
    """A file or directory does not exist or cannot be read."""

    code, name = -3, "EE_E_NOT_FOUND"


class StoreIOError(EmbedEngineError, OSError):
    """The operating system refused a read or write."""

    code, name = -4, "EE_E_IO"


class CorruptError(EmbedEngineError):
    """A file of the store is damaged."""

    code, name = -5, "EE_E_CORRUPT"


class FormatError(EmbedEngineError):
    """A file was written by a newer format."""

    code, name = -6, "EE_E_FORMAT"


class LockedError(EmbedEngineError):
    """Another thread or process is writing to the store."""

    code, name = -7, "EE_E_LOCKED"


class BadInputError(EmbedEngineError):
    """Input data is not in the expected format."""

    code, name = -8, "EE_E_BAD_INPUT"


class NoModelError(EmbedEngineError):
    """The store has no published version yet: call train."""

    code, name = -9, "EE_E_NO_MODEL"


class UnknownError(EmbedEngineError, LookupError):
    """No such item, version, space, source or action."""

    code, name = -10, "EE_E_UNKNOWN"


class CancelledError(EmbedEngineError):
    """The progress callback ended the call."""

    code, name = -11, "EE_E_CANCELLED"


class BufferTooSmallError(EmbedEngineError):
    """A buffer was too small."""

    code, name = -12, "EE_E_BUFFER_TOO_SMALL"


class VersionMismatchError(EmbedEngineError):
    """Something belongs to another version or space."""

    code, name = -13, "EE_E_VERSION_MISMATCH"


class ForkedError(EmbedEngineError):
    """Opened before fork and used in the child: open the store again there."""

    code, name = -14, "EE_E_FORKED"


class ReadOnlyError(EmbedEngineError):
    """The store was opened read-only."""

    code, name = -15, "EE_E_READ_ONLY"


class KeyKindError(EmbedEngineError, TypeError):
    """Text keys for an int64 store, or the reverse."""

    code, name = -16, "EE_E_KEY_KIND"


class LeakError(EmbedEngineError):
    """Evaluation on sessions that trained the version."""

    code, name = -17, "EE_E_LEAK"


class EngineMemoryError(EmbedEngineError, MemoryError):
    """Memory could not be allocated."""

    code, name = -18, "EE_E_OUT_OF_MEMORY"


class LibraryNotFoundError(EmbedEngineError, ImportError):
    """libembedengine could not be found or loaded."""

    code, name = -3, "EE_E_NOT_FOUND"


BY_CODE: Dict[int, Type[EmbedEngineError]] = {
    c.code: c
    for c in (
        InvalidArgumentError, HandleError, NotFoundError, StoreIOError, CorruptError, FormatError,
        LockedError,
        BadInputError, NoModelError, UnknownError, CancelledError, BufferTooSmallError, VersionMismatchError,
        ForkedError, ReadOnlyError, KeyKindError, LeakError, EngineMemoryError,
    )
}
