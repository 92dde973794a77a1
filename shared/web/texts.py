"""What any text and number of a request may be, whatever it is for."""

import re
from typing import Final

NO_NUL: Final = r"^[^\x00]*$"
"""No database takes that character."""
_VERSION: Final = re.compile(r"[0-9]{1,9}")


def version(text: str) -> int | None:
    """The number of a version of ours; None for what was none of them."""
    return int(text) if _VERSION.fullmatch(text) else None
