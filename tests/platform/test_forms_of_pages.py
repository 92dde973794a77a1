"""What people typed becomes the body that it means."""

from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from shared.web.pages.forms import nested

CLINIC = ZoneInfo("America/Los_Angeles")


def test_a_moment_without_a_zone_is_the_clinic_s_time() -> None:
    form = FormData([("at", "2026-03-10T09:45"), ("until", "2026-01-10T09:45:30")])
    assert nested(form, CLINIC) == {
        "at": "2026-03-10T16:45:00+00:00",
        "until": "2026-01-10T17:45:30+00:00",
    }


@pytest.mark.parametrize(
    "text", ["2026-03-10", "2026-03-10T09:45Z", "2026-13-10T09:45", "at 2026-03-10T09:45"]
)
def test_what_is_no_moment_of_a_browser_s_field_stays_as_it_was_typed(text: str) -> None:
    assert nested(FormData([("at", text)]), CLINIC) == {"at": text}


@pytest.mark.parametrize(
    ("texts", "body"),
    [
        (["latex", "", "dust"], {"allergies": ["latex", "dust"]}),
        (["", ""], {}),
        (["", "[]"], {"allergies": []}),
        (["latex", "[]"], {"allergies": ["latex"]}),
    ],
)
def test_a_list_is_left_out_unless_it_is_said_to_be_empty(
    texts: list[str], body: dict[str, list[str]]
) -> None:
    assert nested(FormData([("allergies[]", text) for text in texts]), CLINIC) == body


def test_what_belongs_to_the_form_itself_is_no_part_of_the_body() -> None:
    own = [("form_token", "t"), ("form_key", "k"), ("form_seen", "3")]
    assert nested(FormData([*own, ("padss.pain", "2")]), CLINIC) == {"padss": {"pain": "2"}}
