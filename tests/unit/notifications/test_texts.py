"""What leaves the clinic names no drug, diagnosis, specialty or programme, in any language."""

from datetime import datetime, timedelta

import pytest

from services.notifications.domain.discretion import indiscretion
from services.notifications.domain.rendering import Rendered, render, spoken
from services.notifications.domain.texts import TEXTS
from services.notifications.domain.vocabulary import Language, Purpose
from services.notifications.domain.wording import TRAITS, Wording
from tests.unit.notifications.moments import ZONE, at, message

EVERY = [(wording, language) for wording in Wording for language in Language]


def every_rendering(wording: Wording, language: Language) -> list[Rendered]:
    """On time and late, with and without a moment to speak of."""
    about = at("20:30")
    prompt = message(wording, about=about)
    vague = message(wording)
    late = prompt.due_at + prompt.traits.late_after + timedelta(minutes=1)
    return [
        render(one, language, now=now, zone=ZONE)
        for one in (prompt, vague)
        for now in (prompt.due_at, late)
    ]


@pytest.mark.parametrize(("wording", "language"), EVERY)
def test_no_denied_word_in_any_rendering(wording: Wording, language: Language) -> None:
    for rendered in every_rendering(wording, language):
        assert indiscretion(f"{rendered.subject}\n{rendered.body}") is None


@pytest.mark.parametrize(
    "leak",
    [
        "your ketamine session",
        "su sesión de KAP",
        "Your therapist will call",
        "su terapeuta le llamará",
        "after your dose",
        "the Mood programme",
        "for your depression",
        "your prescription is ready",
        "su médico le llamará",
        "los efectos de la droga",
        "por su episodio de manía",
        "por sus alucinaciones",
    ],
)
def test_the_twin_the_list_finds_a_leak(leak: str) -> None:
    assert indiscretion(leak) is not None


@pytest.mark.parametrize(("wording", "language"), EVERY)
def test_a_text_is_complete_and_short(wording: Wording, language: Language) -> None:
    for rendered in every_rendering(wording, language):
        assert rendered.subject
        assert not set("{}") & set(rendered.subject + rendered.body)
        assert len(rendered.body) <= 480  # three text messages


@pytest.mark.parametrize("language", Language)
def test_every_text_exists_in_every_language(language: Language) -> None:
    assert set(TEXTS[language]) == set(Wording)


@pytest.mark.parametrize("wording", Wording)
def test_the_languages_say_the_same_moments(wording: Wording) -> None:
    english, spanish = TEXTS[Language.ENGLISH][wording], TEXTS[Language.SPANISH][wording]
    assert ("{when}" in english.body) == ("{when}" in spanish.body)
    assert (english.without is None) == (spanish.without is None)


@pytest.mark.parametrize("language", Language)
def test_instructions_name_the_three_restrictions_and_the_time(language: Language) -> None:
    """F90: not drive, not operate machinery, not work."""
    body = render(
        message(Wording.INSTRUCTIONS, about=at("18:25")), language, now=at("10:00"), zone=ZONE
    ).body
    words = {
        Language.ENGLISH: ("drive", "machines", "work", "6:25 PM"),
        Language.SPANISH: ("conduzca", "máquinas", "trabaje", "18:25"),
    }
    assert all(word in body for word in words[language])


@pytest.mark.parametrize("language", Language)
def test_a_late_message_begins_by_saying_so(language: Language) -> None:
    prompt = message(Wording.ESCORT_COME_IN)
    late = render(prompt, language, now=at("10:11"), zone=ZONE).body
    on_time = render(prompt, language, now=at("10:10"), zone=ZONE).body
    assert late.endswith(on_time)
    assert spoken(prompt.due_at, language, ZONE) in late.removesuffix(on_time)
    assert spoken(prompt.due_at, language, ZONE) not in on_time


@pytest.mark.parametrize(
    ("moment", "language", "expected"),
    [
        (at("09:30"), Language.ENGLISH, "Tuesday, March 10 at 9:30 AM"),
        (at("12:05"), Language.ENGLISH, "Tuesday, March 10 at 12:05 PM"),
        (at("00:10"), Language.ENGLISH, "Tuesday, March 10 at 12:10 AM"),
        (at("20:30"), Language.SPANISH, "martes 10 de marzo a las 20:30"),
        (at("01:30"), Language.SPANISH, "martes 10 de marzo a la 1:30"),
    ],
)
def test_moments_are_spoken_on_the_clinics_clock(
    moment: datetime, language: Language, expected: str
) -> None:
    assert spoken(moment, language, ZONE) == expected


def test_no_purpose_is_without_a_text() -> None:
    assert {traits.purpose for traits in TRAITS.values()} == set(Purpose)
