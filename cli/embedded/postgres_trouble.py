"""Turns what PostgreSQL wrote before it gave up into one line that says what to do."""

import re
from pathlib import Path
from typing import Final

from cli.trouble import Fading, Trouble

_FADING: Final = r"pre-existing shared memory block|lock file .* already exists"
_ANOTHER: Final = "another server still uses {folder}: stop it (its number is in postmaster.pid)"

_KNOWN: Final = (
    (
        r"No space left on device|Disk quota exceeded",
        "the disk that holds {folder} is full: free some space and start again",
    ),
    (
        r"wrong ownership|Permission denied|could not access directory",
        "{folder} cannot be read by the user that PostgreSQL runs as: give it back its owner",
    ),
    (
        (
            r"could not locate a valid checkpoint|invalid checkpoint|invalid primary checkpoint"
            r"|checksum|could not open file|could not read|does not exist|invalid data in file"
            r"|unexpected data|corrupt|not a valid data directory"
            r"|could not find the database system|database files are incompatible"
            r"|is not a directory"
        ),
        "the data in {folder} is damaged ({said}): restore a backup or move the folder away",
    ),
    (
        r"could not create shared memory|could not create semaphores|Cannot allocate memory",
        "PostgreSQL got too little memory from this machine ({said})",
    ),
)


def explained(output: str, folder: Path) -> Trouble:
    """The one line for this output. ``said`` is the server's own sentence, without times."""
    said = _last_complaint(output)
    if re.search(_FADING, output):
        return Fading(f"PostgreSQL: {_ANOTHER.format(folder=folder)}")
    for pattern, sentence in _KNOWN:
        if re.search(pattern, output):
            return Trouble("PostgreSQL: " + sentence.format(folder=folder, said=said))
    return Trouble(f"PostgreSQL did not start: {said or 'it said nothing'}")


def _last_complaint(output: str) -> str:
    found = re.findall(r"(?:PANIC|FATAL|ERROR|error):\s+(.+)", output)
    if found:
        return str(found[0]).strip()
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else ""
