"""A crash leaves nothing of a process's memory behind: names and notes are in it, unsealed (D1)."""

import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

_WHAT_A_DUMP_HOLDS: Final = Path("/proc/self/coredump_filter")


def leave_no_memory_behind() -> None:
    """From here on this process, and whatever it starts, writes no core file. A system that hands
    cores to a program of its own asks for no such limit, so there is nothing in them either."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # a system without one
        _WHAT_A_DUMP_HOLDS.write_text("0")
