"""Small files that appear whole or not at all, and are gone for good once they are overwritten."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def make(files: Mapping[Path, bytes], folder: Path) -> None:
    """Files in a folder, on disk when this returns; one that is there already stays as it is."""
    for file, content in files.items():
        fresh = _written(content, folder)
        try:
            with contextlib.suppress(FileExistsError):
                os.link(fresh, file)
        finally:
            fresh.unlink()
    _settle(folder)


def overwrite(file: Path, word: bytes | None) -> None:
    """Write zeros over a file where it lies, then put this word in its place, or nothing."""
    with contextlib.suppress(FileNotFoundError), file.open("r+b") as there:
        there.write(b"\0" * os.fstat(there.fileno()).st_size)
        there.flush()
        os.fsync(there.fileno())
    if word is None:
        file.unlink(missing_ok=True)
    else:
        _written(word, file.parent).replace(file)
    _settle(file.parent)


def read(file: Path, most: int) -> bytes:
    """What a file holds; raises as ``open`` does."""
    handle = os.open(file, os.O_RDONLY)
    try:
        return os.read(handle, most)
    finally:
        os.close(handle)


def _written(content: bytes, folder: Path) -> Path:
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


def _settle(folder: Path) -> None:
    """The folder's own entries are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
