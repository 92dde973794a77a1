"""What a check of a clinic's file finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """Where in the file, and one sentence: what is wrong and what to do."""

    path: tuple[str | int, ...]
    advice: str
