"""Forms: what people typed becomes the body of a command, and errors find their field again.

A field's name is the path of the body's field with dots (``channel_consent.sms``). What is left
empty is left out, so that a body's own defaults hold. A name that ends in ``[]`` is a list, and
``findings[].code`` a list of bodies with that field; the text ``[]`` says that a list is
meant to be empty. What a ``datetime-local`` field sends has no zone: it is the clinic's time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from uuid import UUID

from fastapi import HTTPException, Request
from starlette.datastructures import FormData

from shared.decisions import Refusal
from shared.web.pages.mistakes import Mistake
from shared.web.texts import version

SUBJECT: Final = "form_draft"
BEGAN_WITH: Final = "form_began_with"
OWN: Final = frozenset(
    {"form_token", "form_key", "form_seen", "form_page", "form_draft_seen", SUBJECT, BEGAN_WITH}
)
NOTHING: Final = "[]"
NOT_UNDERSTOOD: Final = "This form was not understood."
LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it is shown: what stands in it, what is wrong with it, and why it was refused.

    ``subject`` tells it from the other forms of its page, and names its draft; ``prefix`` is put
    before the ids of its fields where several stand on a page. ``draft_seen`` is the version of
    its draft that it stands on; ``draft_at`` says that what stands in it is a draft, and of when;
    ``began_with`` is what was recorded when the draft was begun. ``receipt`` is of the decision
    that refused, where a gate did.
    """

    subject: str = ""
    prefix: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    mistakes: Sequence[Mistake] = ()
    refusals: Sequence[Refusal] = ()
    receipt: UUID | None = None
    draft_seen: int = 0
    draft_at: datetime | None = None
    began_with: str | None = None

    @classmethod
    def found(cls, values: Mapping[str, Any], **of_draft: Any) -> "Form":
        """A form as it was :func:`kept_values`."""
        shown = dict(values)
        subject, began = shown.pop(SUBJECT, ""), shown.pop(BEGAN_WITH, None)
        return cls(values=shown, subject=subject, began_with=began, **of_draft)

    def id_of(self, name: str) -> str:
        """The id of a field on the page."""
        return f"{self.prefix}-{name}" if self.prefix else name

    def mistake(self, name: str) -> Mistake | None:
        """What is wrong with a field."""
        return next((m for m in self.mistakes if m.field == name), None)

    def value(self, name: str, otherwise: Any = "") -> Any:
        """What stands in a field: what was typed, else what it begins with."""
        return self.values.get(name, otherwise)


async def sent_form(request: Request) -> FormData:
    """What was sent; refused where no form of ours can have sent it: files, and NUL."""
    sent = await request.form()
    for name, value in sent.multi_items():
        if not isinstance(value, str) or "\x00" in name or "\x00" in value:
            raise HTTPException(422, NOT_UNDERSTOOD)
    return sent


def nested(form: FormData, zone: tzinfo) -> dict[str, Any]:
    """The body that a form means, filled in by somebody in this zone."""
    body: dict[str, Any] = {}
    for name in dict.fromkeys(form.keys()):
        if name in OWN:
            continue
        texts = [text for text in form.getlist(name) if isinstance(text, str)]
        path = name.removesuffix("[]").split(".")
        if "[]." in name:
            many, each = name.split("[].", 1)
            _put(body, many.split("."), [{each: text} for text in texts if text])
        elif name.endswith("[]"):
            if any(texts):
                _put(body, path, [text for text in texts if text and text != NOTHING])
        elif texts and texts[-1].strip():
            _put(body, path, _zoned(texts[-1].strip(), zone))
    return body


def typed(form: FormData) -> dict[str, Any]:
    """What was typed, to be shown again."""
    return {
        name: form.getlist(name) if "[]" in name else form.get(name)
        for name in form
        if name not in OWN
    }


def kept_values(form: FormData) -> dict[str, Any]:
    """What was typed, with which form it was typed into and what that began with."""
    return typed(form) | {name: form[name] for name in (SUBJECT, BEGAN_WITH) if form.get(name)}


def page_of(form: FormData) -> str:
    """The page that a form stands on, without what was asked for there."""
    return str(form.get("form_page", "")).partition("?")[0]


def subject_of(form: FormData) -> str:
    """Which of its page's forms this is."""
    return str(form.get(SUBJECT, ""))


def draft_seen(form: FormData) -> int:
    """The version of its draft that a form stands on; 0 is none."""
    return version(str(form.get("form_draft_seen", ""))) or 0


def _zoned(text: str, zone: tzinfo) -> str:
    """With the zone, where it is a moment that a browser's field gave without one."""
    if not LOCAL.fullmatch(text):
        return text
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def _put(body: dict[str, Any], path: list[str], value: Any) -> None:
    inner: Any = body
    for part in path[:-1]:
        inner = inner.setdefault(part, {}) if isinstance(inner, dict) else None
    if not isinstance(inner, dict):
        raise HTTPException(422, NOT_UNDERSTOOD)
    inner[path[-1]] = value
