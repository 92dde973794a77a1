"""Small files that appear whole or not at all, and are gone for good once they are overwritten."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from shared.runtime import whole_files


def make(files: Mapping[Path, bytes], folder: Path) -> None:
    """Files in a folder, on disk when this returns; one that is there already stays as it is."""
    for file, content in files.items():
        fresh = whole_files.written(content, folder)
        try:
            with contextlib.suppress(FileExistsError):
                os.link(fresh, file)
        finally:
            fresh.unlink()
    whole_files.settle(folder)


def overwrite(file: Path, word: bytes | None) -> None:
    """Write zeros over a file where it lies, then put this word in its place, or nothing."""
    with contextlib.suppress(FileNotFoundError), file.open("r+b") as there:
        there.write(b"\0" * os.fstat(there.fileno()).st_size)
        there.flush()
        os.fsync(there.fileno())
    if word is None:
        file.unlink(missing_ok=True)
        whole_files.settle(file.parent)
    else:
        whole_files.replace(file, word)


def read(file: Path, most: int) -> bytes:
    """What a file holds; raises as ``open`` does."""
    handle = os.open(file, os.O_RDONLY)
    try:
        return os.read(handle, most)
    finally:
        os.close(handle)


def saying(word: bytes, folder: Path, suffix: str) -> list[Path]:
    """The files that hold this word. Only those of its size are read, of however many there are."""
    with os.scandir(folder) as there:
        likely = [
            Path(one.path)
            for one in there
            if one.name.endswith(suffix) and one.stat().st_size == len(word)
        ]
    return [file for file in likely if read(file, len(word)) == word]
