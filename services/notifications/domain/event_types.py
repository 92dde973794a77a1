"""Which public events an integrator wants: by the names of their types, ``*`` for any letters."""

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from typing import Final

PATTERN: Final = r"^[a-z0-9_.*]{1,120}$"
MOST_PATTERNS: Final = 50


def wants(patterns: Collection[str], event_type: str) -> bool:
    """Whether an event of this type is asked for; who names no type asks for all."""
    return not patterns or any(fnmatchcase(event_type, pattern) for pattern in patterns)


def in_vain(patterns: Iterable[str], public_types: Collection[str]) -> list[str]:
    """The names that no public type has: a mistake in writing, or an internal type."""
    return sorted(
        pattern
        for pattern in set(patterns)
        if not re.match(PATTERN, pattern)
        or not any(fnmatchcase(known, pattern) for known in public_types)
    )
