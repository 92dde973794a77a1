"""The shortest list of what is missing: named once, in order, in the same words everywhere."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.decisions import Refusal, Unblock
from shared.protocol.needs import NEEDS
from shared.protocol.needs_of_rules import HOLDS, IN_DOUBT, OF_FACT, OF_SLUG, SILENT
from shared.protocol.unblocking import Missing, shortest_list, shortest_of_all

SERVICES = Path(__file__).parents[3] / "services"
IDS = {"course": "c", "session": "s"}


def refused(slug: str, *unblocks: Unblock, sources: tuple[str, ...] = (), **facts: Any) -> Refusal:
    return Refusal(slug=slug, rule="x", unblocks_with=unblocks, source_events=sources, facts=facts)


def hold(category: str, owner: str, slug: str = "hold-blocks-start") -> Refusal:
    return refused(slug, Unblock(fact=f"hold {category} lifted", owner=owner, action="lift"))


def next_step(fact: str) -> Unblock:
    """As intake says what takes a course further."""
    return Unblock(fact=fact, owner="intake", action="do it")


def facts(missing: tuple[Missing, ...]) -> list[str]:
    return [one.fact for one in missing]


def test_a_client_who_is_not_prepared_needs_the_preparation_and_nothing_else() -> None:
    """The course is not active and the order not authorised only because of that."""
    (one,) = shortest_of_all(
        {
            "scheduling": [
                refused("preparation-not-planned"),
                refused("preparation-not-completed"),
                refused("course-not-active"),
                refused("dose-not-authorised"),
            ],
            "prescribing": [refused("preparation-not-completed"), refused("order-not-authorised")],
            "intake": [refused("course-active", next_step("PreparationCompleted"))],
        },
        ids=IDS,
    )
    assert (one.fact, one.owner) == ("the preparation", "scheduling")
    assert one.link == "/courses/c/preparation"
    assert one.slugs == ("preparation-not-planned", "preparation-not-completed", "course-active")


def test_an_inquiry_begins_with_its_screening() -> None:
    listed = shortest_list(
        [
            refused("course-active", next_step("screening")),
            refused("approval-current"),
            refused("consent-treatment-active"),
        ]
    )
    assert facts(listed) == ["the screening", "consent to the treatment"]


def test_a_withdrawn_consent_asks_for_the_consent_and_for_its_hold() -> None:
    listed = shortest_of_all(
        {
            "scheduling": [
                refused("consent-treatment-not-active", sources=("e",)),
                hold("consent", "intake"),
                refused("dose-not-authorised"),
            ],
            "intake": [
                refused("consent-treatment-active"),
                refused("no-blocking-hold", category="consent", owner="intake"),
            ],
        },
        ids=IDS,
    )
    assert [(m.fact, m.owner, m.action) for m in listed] == [
        ("the hold consent lifted", "intake", "the client signs again"),
        (
            "consent to the treatment",
            "intake",
            "the client signs; after a withdrawal only if the client asks for it",
        ),
    ]


@pytest.mark.parametrize(
    ("category", "owner", "action"),
    [
        (
            "contraindication",
            "intake",
            "the prescriber and the therapist each signs the lifting",
        ),
        ("medical", "prescribing", "the prescriber signs the lifting"),
        ("vitals", "prescribing", "the prescriber signs the lifting, or a new check passes"),
        (
            "suicidality",
            "intake",
            "record the safety plan, then the prescriber and the therapist each signs the lifting",
        ),
        ("logistics", "scheduling", "the front desk or the therapist signs the lifting"),
    ],
)
def test_a_hold_says_who_lifts_it_whoever_asks(category: str, owner: str, action: str) -> None:
    by_text = hold(category, owner)
    by_colon = refused(
        "hold-open", Unblock(fact=f"hold:{category}", owner=owner, action="something else")
    )
    by_facts = refused("no-blocking-hold", category=category, owner=owner)
    (one,) = shortest_of_all({"a": [by_text], "b": [by_colon], "c": [by_facts]})
    assert (one.fact, one.owner, one.action) == (f"the hold {category} lifted", owner, action)


def test_an_escort_who_cancelled_is_one_thing_for_both_services() -> None:
    listed = shortest_of_all(
        {
            "scheduling": [refused("escort-not-confirmed")],
            "prescribing": [refused("escort-not-confirmed")],
        },
        ids=IDS,
    )
    assert [(m.fact, m.owner, m.link) for m in listed] == [
        ("an escort", "scheduling", "/sessions/s/escorts")
    ]


def test_a_silent_peer_is_the_only_thing_asked_for_of_what_it_owns() -> None:
    """What it did not answer is not known to be missing; what an event told is."""
    listed = shortest_list(
        [
            refused("intake-did-not-answer"),
            refused("approval-not-current"),
            refused("consent-treatment-not-active"),
            refused("course-not-active"),
            refused("cannot-prove-safe-intake", age_seconds=55.0, waiting=0, parked=0),
            refused("escort-not-confirmed"),
        ]
    )
    assert facts(listed) == ["an answer of intake", "an escort"]
    granted = refused("approval-not-current", sources=("grant",), revocation_seen=False)
    assert len(shortest_list([refused("intake-did-not-answer"), granted])) == 1
    revoked = refused("approval-not-current", sources=("tombstone",), revocation_seen=True)
    assert "a current approval" in facts(shortest_list([refused("intake-did-not-answer"), revoked]))


def test_a_parked_event_is_redriven_where_it_is_parked() -> None:
    parked = refused("cannot-prove-safe-intake", age_seconds=0.5, waiting=0, parked=1)
    (here,) = shortest_list([parked], by="scheduling")
    assert (here.fact, here.owner) == ("the events of intake that are parked", "scheduling")
    assert here.link == "/operations/parked"
    (there,) = shortest_list([refused("intake-unverifiable")], by="scheduling")
    assert there.owner == "intake"


def test_a_stale_projection_is_waited_for() -> None:
    stale = refused("prescribing-events-unverifiable", waiting=0, parked=0, behind_seconds=40.0)
    (one,) = shortest_list([stale], by="prescribing")
    assert one.fact == "all events of prescribing"
    assert one.action.startswith("wait a moment")
    missing = refused("cannot-prove-safe-intake", age_seconds=1.0, waiting=3, parked=0)
    assert "asked for again" in shortest_list([missing])[0].action


def test_with_an_ended_course_nothing_else_is_worth_asking_for() -> None:
    listed = shortest_list(
        [refused("course-ended"), refused("approval-not-current"), refused("escort-not-confirmed")]
    )
    assert facts(listed) == ["a course that goes on"]


def test_a_client_who_may_not_go_yet_waits_for_the_end_first() -> None:
    listed = shortest_of_all(
        {
            "scheduling": [
                refused("therapy-not-ended"),
                refused("dose-order-not-closed"),
                refused("clearance-not-valid"),
                refused("escort-not-here"),
            ],
            "prescribing": [
                refused("session-not-ended"),
                refused("minimum-observation-not-over"),
                refused("recovery-criteria-not-met"),
            ],
        }
    )
    assert facts(listed) == [
        "the end of the session",
        "the end of the observation",
        "a recovery check with every criterion met",
        "the escort, here and identified",
    ]


def test_what_is_not_in_the_table_speaks_for_itself() -> None:
    way = Unblock(fact="a room", owner="scheduling", action="choose another")
    assert [(m.fact, m.action) for m in shortest_list([refused("room-taken", way)])] == [
        ("a room", "choose another")
    ]


def test_a_link_needs_the_ids_that_are_in_it() -> None:
    (one,) = shortest_list([refused("escort-not-confirmed")], ids={"course": "c"})
    assert one.link is None


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(OF_SLUG)), max_size=12))
def test_the_list_is_short_ordered_and_the_same_for_any_order(slugs: list[str]) -> None:
    listed = shortest_list([refused(slug) for slug in slugs])
    again = shortest_list([refused(slug) for slug in reversed(slugs)])
    assert facts(listed) == facts(again)
    assert len({(m.fact, m.owner) for m in listed}) == len(listed)
    assert bool(listed) is bool(slugs)
    steps = {need.fact: need.step for need in NEEDS.values()}
    assert [steps[m.fact] for m in listed] == sorted(steps[m.fact] for m in listed)


def test_every_need_is_asked_for_and_follows_what_there_is() -> None:
    assert {*OF_SLUG.values(), *OF_FACT.values()} == set(NEEDS)
    for need in NEEDS.values():
        assert need.follows <= {*NEEDS, "hold"}
        assert need.owner in {"intake", "prescribing", "scheduling", "notifications"}


def test_every_slug_of_the_table_is_one_that_a_service_uses() -> None:
    """A slug that was renamed would silently lose its words."""
    written = "\n".join(p.read_text() for p in SERVICES.glob("*/domain/*.py"))
    dynamic = {
        f"consent-{s}-{w}"
        for s in ("treatment", "aftercare-agreement")
        for w in ("active", "not-active")
    }
    lost = [slug for slug in OF_SLUG if f'"{slug}"' not in written and slug not in dynamic]
    assert lost == []


def test_every_refusal_of_a_gate_says_what_would_unblock_it() -> None:
    """By the table, or by its own words; a few cannot be mended, and are listed here."""
    mute = {
        slug
        for path in SERVICES.glob("*/domain/*.py")
        for slug, has_words in _rules(path)
        if not has_words and slug not in OF_SLUG
    }
    mute = {s for s in mute if not any(p.fullmatch(s) for p in (SILENT, IN_DOUBT, HOLDS))}
    assert mute <= FINAL_REFUSALS, sorted(mute - FINAL_REFUSALS)


FINAL_REFUSALS = {
    # A message that was sent, or is too late, is not to be sent.
    "first-for-cause",
    "not-too-late",
}


def _rules(path: Path) -> list[tuple[str, bool]]:
    """Each rule that is stated with a literal slug, and whether it says what unblocks it."""
    found = []
    for call in ast.walk(ast.parse(path.read_text())):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id not in {"judge", "rule", "violated"} or not call.args:
            continue
        slug = call.args[0]
        if isinstance(slug, ast.Constant) and re.fullmatch(r"[a-z][a-z-]+", str(slug.value)):
            words = any(k.arg in {"unblocks", "unblocks_with"} for k in call.keywords)
            found.append((str(slug.value), words))
    return found


def test_who_is_silent_is_asked_first_of_all() -> None:
    listed = shortest_list(
        [refused("preparation-not-completed"), refused("intake-did-not-answer")], by="scheduling"
    )
    assert facts(listed)[0] == "an answer of intake"


def test_what_is_parked_is_redriven_where_it_is_parked_and_before_anything_else() -> None:
    (events, preparation) = shortest_list(
        [
            refused("preparation-not-completed"),
            refused("cannot-prove-safe-intake", parked=1, waiting=0),
        ],
        by="scheduling",
    )
    assert (events.fact, events.owner) == (
        "the events of intake that are parked",
        "scheduling",
    )
    assert preparation.owner == "scheduling"


@pytest.mark.parametrize(("waiting", "says"), [(2, "is asked for again"), (0, "each second")])
def test_what_only_waits_comes_by_itself(waiting: int, says: str) -> None:
    (events,) = shortest_list(
        [refused("cannot-prove-safe-intake", parked=0, waiting=waiting)], by="scheduling"
    )
    assert events.owner == "intake"
    assert says in events.action


def test_of_two_on_one_step_the_order_is_that_of_their_names() -> None:
    one, two = hold("medical", "prescribing"), hold("contraindication", "intake")
    expected = ["the hold contraindication lifted", "the hold medical lifted"]
    assert facts(shortest_list([one, two])) == facts(shortest_list([two, one])) == expected


@pytest.mark.parametrize(
    ("category", "says"),
    [
        ("logistics", "front desk or the therapist"),
        ("administrative", "its owner signs"),
        ("adverse_event", "the prescriber and the therapist each signs"),
    ],
)
def test_who_signs_a_lifting_is_said(category: str, says: str) -> None:
    (one,) = shortest_list([hold(category, "scheduling")])
    assert says in one.action


@pytest.mark.parametrize("fact", ["category", "owner"])
def test_a_hold_of_which_half_is_known_is_named_by_what_would_lift_it(fact: str) -> None:
    half: dict[str, Any] = {fact: "medical" if fact == "category" else "prescribing"}
    way = Unblock(fact="SafetyHoldLifted", owner="prescribing", action="have it lifted")
    (one,) = shortest_list([refused("no-blocking-hold", way, **half)])
    assert (one.fact, one.owner) == ("SafetyHoldLifted", "prescribing")
