"""Who may do what to whose record."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access import (
    STRANGER,
    Access,
    Action,
    Allow,
    Deny,
    Ground,
    Need,
    Place,
    Reason,
    Resource,
    actions_of,
    decide,
)
from shared.storage import Actor

ME, OTHER = UUID(int=1), UUID(int=2)
EVERYBODY = frozenset({"therapist", "prescriber", "nurse", "front_desk", "on_call", "operator"})
READ = Access(Action(name="read", roles=EVERYBODY), reading=True)
WRITE = Access(Action(name="write", roles=EVERYBODY))
STOP = Access(Action(name="stop", roles=EVERYBODY, need=Need.SAFETY))
REGISTER = Access(Action(name="register", roles=EVERYBODY, need=Need.NO_CLIENT))
THERAPIST = Actor("therapist", ME)
MINE = Resource(places=(Place(role="therapist", person=ME),))
THEIRS = Resource(places=(Place(role="therapist", person=OTHER),))
OPEN = Resource(places=(Place(role="therapist", person=None),))
TOLD = Resource(places=(Place(role="therapist", person=ME, told=True),))


@pytest.mark.parametrize("access", [READ, WRITE])
@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (None, Allow(Ground.ROLE)),
        (MINE, Allow(Ground.RELATION)),
        (THEIRS, Deny(Reason.RELATION)),
        (STRANGER, Deny(Reason.RELATION)),
        (OPEN, Allow(Ground.OPEN_PLACE)),
        (TOLD, Allow(Ground.RELATION)),
    ],
)
def test_a_therapist_acts_for_clients_of_their_own(
    access: Access, resource: Resource | None, expected: Allow | Deny
) -> None:
    assert decide(THERAPIST, access, resource) == expected


def test_a_place_is_of_one_role() -> None:
    """Whoever is a client's therapist is not their prescriber, and an open place is for one."""
    assert decide(Actor("prescriber", ME), READ, MINE) == Deny(Reason.RELATION)
    assert decide(Actor("prescriber", ME), READ, OPEN) == Deny(Reason.RELATION)


@pytest.mark.parametrize("role", sorted(EVERYBODY - {"therapist", "prescriber"}))
def test_roles_of_the_whole_clinic_act_for_everybody(role: str) -> None:
    assert decide(Actor(role, OTHER), READ, THEIRS) == Allow(Ground.ROLE)


def test_the_role_comes_first() -> None:
    nobody = Access(Action(name="read", roles=frozenset({"nurse"}), need=Need.SAFETY))
    assert decide(THERAPIST, nobody, None) == Deny(Reason.ROLE)
    assert decide(THERAPIST, nobody, MINE) == Deny(Reason.ROLE)


def test_an_act_of_safety_is_refused_to_nobody_and_shows_nothing_before() -> None:
    assert decide(THERAPIST, STOP, THEIRS) == Allow(Ground.SAFETY)
    assert decide(THERAPIST, replace(STOP, reading=True), THEIRS) == Deny(Reason.RELATION)


def test_what_comes_to_no_record_takes_no_relation() -> None:
    assert decide(THERAPIST, REGISTER, STRANGER) == Allow(Ground.ROLE)


def test_a_team_that_may_have_changed_shows_nothing() -> None:
    """Reliability, section 3: what is older than the lease is expired, and reading fails closed."""
    doubtful = replace(TOLD, team_known=False)
    assert decide(THERAPIST, READ, doubtful) == Deny(Reason.TEAM_UNKNOWN)
    assert decide(THERAPIST, WRITE, doubtful) == Allow(Ground.RELATION)
    assert decide(THERAPIST, READ, replace(MINE, team_known=False)) == Allow(Ground.RELATION)


def test_whoever_is_in_our_hands_is_not_left_alone_with_a_doubtful_team() -> None:
    here = replace(TOLD, team_known=False, in_our_hands=True)
    assert decide(THERAPIST, READ, here) == Allow(Ground.RELATION)
    assert decide(Actor("therapist", OTHER), READ, here) == Deny(Reason.RELATION)


def test_breaking_the_glass_reads_and_does_nothing_else() -> None:
    opened = replace(THEIRS, emergency=True)
    assert decide(THERAPIST, READ, opened) == Allow(Ground.BREAK_GLASS)
    assert decide(THERAPIST, WRITE, opened) == Deny(Reason.RELATION)
    assert decide(THERAPIST, STOP, opened) == Allow(Ground.SAFETY)


LABELLED = replace(MINE, labelled=True)


def test_a_labelled_record_is_read_by_those_who_are_named_on_the_team() -> None:
    """42 CFR 2.12(c)(3): by whoever needs it for this client, and not by all who could take the
    client up."""
    assert decide(THERAPIST, READ, LABELLED) == Allow(Ground.RELATION)
    assert decide(THERAPIST, READ, replace(OPEN, labelled=True)) == Deny(Reason.LABEL)
    assert decide(THERAPIST, READ, replace(THEIRS, labelled=True)) == Deny(Reason.RELATION)


@pytest.mark.parametrize("role", ["nurse", "on_call"])
def test_others_who_treat_read_it_with_the_clients_consent(role: str) -> None:
    """42 CFR 2.31 and 2.33; and 2.51 in an emergency."""
    who = Actor(role, OTHER)
    assert decide(who, READ, LABELLED) == Deny(Reason.LABEL)
    assert decide(who, READ, replace(LABELLED, shared=True)) == Allow(Ground.CONSENT)
    assert decide(who, READ, replace(LABELLED, emergency=True)) == Allow(Ground.BREAK_GLASS)


@pytest.mark.parametrize("role", ["front_desk", "operator"])
def test_whoever_does_not_treat_reads_none_of_it(role: str) -> None:
    assert decide(Actor(role, OTHER), READ, LABELLED) == Deny(Reason.LABEL)
    assert decide(Actor(role, OTHER), READ, replace(LABELLED, shared=True)) == Deny(Reason.LABEL)


RESOURCES = st.builds(
    Resource,
    places=st.lists(
        st.builds(
            Place,
            role=st.sampled_from(["therapist", "prescriber"]),
            person=st.sampled_from([None, ME, OTHER]),
            told=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    labelled=st.booleans(),
    shared=st.booleans(),
    team_known=st.booleans(),
    in_our_hands=st.booleans(),
    emergency=st.booleans(),
)
ACCESSES = st.builds(
    Access,
    st.builds(
        Action,
        name=st.just("act"),
        roles=st.frozensets(st.sampled_from(sorted(EVERYBODY))),
        need=st.sampled_from(Need),
    ),
    reading=st.booleans(),
)
ACTORS = st.builds(Actor, st.sampled_from(sorted(EVERYBODY)), st.sampled_from([ME, OTHER]))


@given(actor=ACTORS, access=ACCESSES, resource=RESOURCES)
def test_a_place_more_never_takes_anything_away(
    actor: Actor, access: Access, resource: Resource
) -> None:
    """And the order in which places were learned decides nothing."""
    mine = Place(role=actor.role, person=actor.ref)
    for places in ((*resource.places, mine), (mine, *resource.places)):
        more = decide(actor, access, replace(resource, places=places))
        if isinstance(decide(actor, access, resource), Allow):
            assert isinstance(more, Allow)


@given(actor=ACTORS, access=ACCESSES, resource=RESOURCES)
def test_a_label_only_ever_hides_and_keeps_nobody_from_acting(
    actor: Actor, access: Access, resource: Resource
) -> None:
    plain, labelled = (
        decide(actor, access, replace(resource, labelled=labelled)) for labelled in (False, True)
    )
    assert isinstance(plain, Allow) or isinstance(labelled, Deny)
    if not access.reading:
        assert plain == labelled


@given(actor=ACTORS, access=ACCESSES, resource=RESOURCES)
def test_an_emergency_never_lets_anybody_act(
    actor: Actor, access: Access, resource: Resource
) -> None:
    acting = replace(access, reading=False)
    without, within = (replace(resource, emergency=emergency) for emergency in (False, True))
    assert decide(actor, acting, without) == decide(actor, acting, within)


def test_an_action_that_is_nowhere_or_two_things_is_refused() -> None:
    roles = {"stop": frozenset({"nurse"})}
    with pytest.raises(ValueError, match="strange"):
        actions_of(roles, safety={"strange"})
    with pytest.raises(ValueError, match="stop"):
        actions_of(roles, safety={"stop"}, no_client={"stop"})
    assert actions_of(roles)["stop"].need is Need.RELATION
