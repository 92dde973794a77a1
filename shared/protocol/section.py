"""What all parts of a protocol share."""

from typing import ClassVar


class Section:
    """A part of a protocol. Whoever reads one from a file refuses a key that it does not know."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
