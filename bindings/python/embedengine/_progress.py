"""Progress and Ctrl-C during long calls. While the library works, Python runs only inside the progress
callback: there it sees a pending signal and cancels the call, and the exception is raised after the library
has tidied up."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import Any, Callable, Optional, Union

from . import _layouts as L
from ._library import failure

Callback = Callable[[str, int, int], Any]
ProgressOption = Union[None, bool, Callback]

E_CANCELLED = -11
_WIDTH = 24


class Bar:
    """One live line on standard error."""

    def __init__(self) -> None:
        self._stage = ""
        self._start = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._stage, self._start = stage, time.monotonic()
        seconds = time.monotonic() - self._start
        if total > 0:
            share = min(1.0, done / total)
            filled = int(share * _WIDTH)
            left = f"{seconds / share - seconds:.0f} s left" if seconds > 0.5 and share > 0 else ""
            text = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%} {left}"
        else:
            text = f"{seconds:.1f} s"
        sys.stderr.write(f"\r{stage:<26} {text}\x1b[K")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._stage:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _show(progress: ProgressOption) -> Optional[Callback]:
    if callable(progress):
        return progress
    if progress is True or (progress is None and sys.stderr is not None and sys.stderr.isatty()):
        return Bar()
    return None


def run(call: Callable[[Any], int], progress: ProgressOption) -> None:
    """Runs call(callback) and raises what it, the progress function or Ctrl-C has to say. A progress
    function that returns True cancels."""
    show = _show(progress)
    raised: list[BaseException] = []
    interrupted = False

    def interrupt(_signal: int, _frame: Any) -> None:
        nonlocal interrupted
        interrupted = True

    def report(_user: Any, stage: bytes, done: int, total: int) -> int:
        try:
            if show is not None and show(stage.decode(), done, total) is True:
                return 1
        except BaseException as e:  # noqa: B902 - nothing may leave a callback: it is raised again below
            raised.append(e)
        return 1 if interrupted or raised else 0

    # A KeyboardInterrupt raised between two lines of a callback would be printed and lost; a flag cannot
    # be. A program's own handler is left alone: what it raises while a callback runs is caught there.
    own = threading.current_thread() is threading.main_thread() \
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if own:
        signal.signal(signal.SIGINT, interrupt)
    try:
        status = call(L.Progress(report))
        error = failure(status) if status else None
    finally:
        if own:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if isinstance(show, Bar):
            show.clear()
    if raised:
        raise raised[0]
    if interrupted:
        raise KeyboardInterrupt
    if error is not None:
        raise error
