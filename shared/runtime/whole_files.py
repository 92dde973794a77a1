"""Files that appear whole or not at all, and that only their owner reads."""

import os
import tempfile
from pathlib import Path


def replace(file: Path, content: bytes) -> None:
    """Put a file in the place of what was there: no reader sees half of it, no crash leaves half of
    it, and it is on disk when this returns."""
    made = written(content, file.parent)
    try:
        made.replace(file)
    except BaseException:
        made.unlink()
        raise
    settle(file.parent)


def written(content: bytes, folder: Path) -> Path:
    """A new file in this folder under a name that nobody looks for, to be moved to its own."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def settle(folder: Path) -> None:
    """The folder's own entries are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
