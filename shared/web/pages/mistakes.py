"""What is wrong with a field, in the reader's language.

A mistake keeps its English text with places for numbers; a page looks the text up in its language
and fills them in. Each kind of error that a body can have stands here; what a body says of itself
is looked up by its own words.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

KINDS: Final[Mapping[str, str]] = {
    "missing": "Fill this in.",
    "extra_forbidden": "This is not asked for here.",
    "string_too_short": "Write at least %(min_length)s characters.",
    "string_too_long": "Write at most %(max_length)s characters.",
    "string_pattern_mismatch": "This cannot be read: look at how it is written.",
    "string_type": "Write some text.",
    "int_parsing": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "int_type": "Write a whole number.",
    "float_parsing": "Write a number.",
    "float_type": "Write a number.",
    "decimal_parsing": "Write a number.",
    "decimal_type": "Write a number.",
    "decimal_max_digits": "Write fewer digits.",
    "decimal_max_places": "At most %(decimal_places)s digits after the point.",
    "decimal_whole_digits": "Write fewer digits.",
    "finite_number": "Write a number.",
    "greater_than": "Write a number above %(gt)s.",
    "greater_than_equal": "Not below %(ge)s.",
    "less_than": "Write a number below %(lt)s.",
    "less_than_equal": "Not above %(le)s.",
    "multiple_of": "A multiple of %(multiple_of)s.",
    "bool_parsing": "Answer yes or no.",
    "bool_type": "Answer yes or no.",
    "enum": "Choose one of the list.",
    "literal_error": "Choose one of the list.",
    "uuid_parsing": "Choose one of the list.",
    "uuid_type": "Choose one of the list.",
    "date_parsing": "Write a day, as 2026-11-30.",
    "date_from_datetime_parsing": "Write a day, as 2026-11-30.",
    "date_from_datetime_inexact": "Write a day, as 2026-11-30.",
    "date_past": "This day must be over.",
    "datetime_parsing": "Write a day and a time.",
    "datetime_from_date_parsing": "Write a day and a time.",
    "datetime_type": "Write a day and a time.",
    "timezone_aware": "Write a day and a time.",
    "too_short": "At least %(min_length)s are needed.",
    "too_long": "At most %(max_length)s are possible.",
    "list_type": "Choose from the list.",
    "model_type": "Fill this in.",
    "model_attributes_type": "Fill this in.",
    "dict_type": "Fill this in.",
}
UNREADABLE: Final = "This cannot be read: look at how it is written."
EMPTY: Final = "Fill this in."


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field that cannot be used, and why; ``numbers`` belong to the places of the message."""

    field: str
    message: str
    numbers: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def mistakes_in(error: ValidationError) -> list[Mistake]:
    """Each error with the name of the field that it is about."""
    return [
        Mistake(".".join(str(part) for part in one["loc"] if not isinstance(part, int)), *_say(one))
        for one in error.errors(include_url=False, include_input=False)
    ]


def _say(error: ErrorDetails) -> tuple[str, Mapping[str, Any]]:
    numbers = error.get("ctx", {})
    if error["type"] == "string_too_short" and numbers.get("min_length") == 1:
        return EMPTY, {}
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, "), {}
    return KINDS.get(error["type"], UNREADABLE), numbers
