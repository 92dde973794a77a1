"""Log files of the processes, kept from growing without end."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

MOST_BYTES: Final = 10 * 2**20
OLD_LOGS: Final = 3


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
    handle.seek(0, os.SEEK_END)
    return handle


def rotate(path: Path, most_bytes: int = MOST_BYTES) -> bool:
    """Move a log's content aside once it is long.

    The file is copied and emptied, not renamed: its process keeps it open, and appends.
    """
    if not path.exists() or path.stat().st_size <= most_bytes:
        return False
    for number in range(OLD_LOGS - 1, 0, -1):
        older = _numbered(path, number)
        if older.exists():
            older.replace(_numbered(path, number + 1))
    shutil.copy2(path, _numbered(path, 1))
    os.truncate(path, 0)
    return True


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
