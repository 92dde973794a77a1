"""What can be wrong with a request for stored things."""

from uuid import UUID


class NotFound(Exception):  # noqa: N818 - it is an answer, not a fault
    """There is no such thing, or it is none of the asker's."""

    def __init__(self, kind: str, key: UUID | str) -> None:
        super().__init__(f"{kind} {key} not found")
        self.kind = kind
        self.key = key


class StaleVersion(Exception):  # noqa: N818
    """Somebody else changed the aggregate after it was read; the transaction is tried again."""


class PreconditionFailed(Exception):  # noqa: N818
    """The caller's ``If-Match`` names a version that is no longer the current one."""

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(f"expected version {expected}, current version {current}")
        self.expected = expected
        self.current = current
