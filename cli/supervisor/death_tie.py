"""Ties a process to its parent: the kernel sends it a signal when the parent ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_to(parent: int, stop_signal: signal.Signals) -> Callable[[], None] | None:
    """What a child of ``parent`` calls in its own process; None where there is no such tie."""
    libc = _LIBC
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it ended before the tie was made
            os._exit(1)

    return tie


def name_this_process(name: str) -> None:
    """What `ps` and `top` show of it."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)
