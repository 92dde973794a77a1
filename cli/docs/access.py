"""The page of access: who may do what for whom, from the tables of the code and the decision."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from services.intake.app import DEFINITION as INTAKE
from services.notifications.app import DEFINITION as NOTIFICATIONS
from services.prescribing.app import DEFINITION as PRESCRIBING
from services.scheduling.app import DEFINITION as SCHEDULING
from shared.access import Access, Action, Allow, Place, Resource, decide
from shared.storage import Actor
from shared.web.application import actions

_SERVICES: Final = (INTAKE, PRESCRIBING, SCHEDULING, NOTIFICATIONS)
_ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
_ME, _OTHER = UUID(int=1), UUID(int=2)


def _team(person: UUID | None, **more: bool) -> Resource:
    places = tuple(
        Place(role=role, person=person, told=True) for role in ("therapist", "prescriber")
    )
    return Resource(places=places, **more)


SITUATIONS: Final[Mapping[str, Resource]] = {
    "own": _team(_ME),
    "open": _team(None),
    "foreign": _team(_OTHER),
    "ended": Resource(),
    "doubtful": _team(_ME, team_known=False),
    "emergency": _team(_OTHER, emergency=True),
}
"""What can be between a person and a client."""

LABELLED: Final[Mapping[str, Resource]] = {
    **{name: replace(resource, labelled=True) for name, resource in SITUATIONS.items()},
    "consent": _team(_OTHER, labelled=True, shared=True),
}
"""The same for what tells of substance use, and with the client's consent to share that."""

_INTRODUCTION: Final = """\
# Who may do what

<!-- Written by `python -m cli.docs access` from the tables of the code. Edit those. -->

One function decides, `shared.access.decide`, and row-level security in each database says the same
once more ([decision 0070](decisions/0070-two-walls-around-a-client.md)). First comes the role; a
role that is not named beside an action gets 403. Then comes the client: for whom it is refused, the
answer is the 404 of a thing that is not there.

| between a person and a client | what it means |
|---|---|
| own | on the client's care team in this role, or with a part in a session that is not over |
| open | nobody has this place on the team yet |
| foreign | somebody else has it |
| ended | was on the team, and is not any more |
| doubtful | own, as far as was told; but what intake says is more than a minute old |
| emergency | foreign, and the record was opened in an emergency less than an hour ago |

Nurses, the front desk, whoever is on call and operators work for the whole clinic: what is between
them and a client decides nothing, but for a record with the label of 42 CFR Part 2. Below, `all`
is every situation; `reads` and `acts` are for what only shows, or only changes, something.
"""
_LABEL: Final = """## What tells of substance use

A screening in intake that does is labelled (42 CFR Part 2,
[decision 0075](decisions/0075-what-tells-of-substance-use.md)). Of those whose role may read a
screening at all, it is read by:
"""


def page() -> str:
    """The whole page, as Markdown."""
    parts = [_INTRODUCTION, f"{_LABEL}\n{_of_the_label()}\n"]
    for definition in _SERVICES:
        head = "| action | takes | " + " | ".join(role.replace("_", " ") for role in _ROLES) + " |"
        rows = [
            f"| `{action.name}` | {action.need.value.replace('_', ' ')} | "
            + " | ".join(_cell(action, role) for role in _ROLES)
            + " |"
            for action in sorted(actions(definition).values(), key=lambda one: one.name)
        ]
        rule = "|---" * (len(_ROLES) + 2) + "|"
        parts.append(f"## {definition.name}\n\n{head}\n{rule}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _of_the_label() -> str:
    reading = Access(actions(INTAKE)["read_screening"], reading=True)
    rows = [
        f"| {role.replace('_', ' ')} | {', '.join(reads) or '–'} |"
        for role in _ROLES
        for reads in [
            [
                name
                for name, resource in LABELLED.items()
                if isinstance(decide(Actor(role, _ME), reading, resource), Allow)
            ]
        ]
    ]
    return "| role | reads it |\n|---|---|\n" + "\n".join(rows)


def _cell(action: Action, role: str) -> str:
    if role not in action.roles:
        return "–"
    acts = _situations(action, role, reading=False)
    reads = _situations(action, role, reading=True)
    said = [_named([one for one in acts if one in reads])]
    for kind, extra in (
        ("acts", [one for one in acts if one not in reads]),
        ("reads", [one for one in reads if one not in acts]),
    ):
        if extra:
            said.append(f"{kind} {_named(extra)}")
    return "; ".join(said)


def _situations(action: Action, role: str, *, reading: bool) -> list[str]:
    actor, access = Actor(role, _ME), Access(action, reading=reading)
    return [
        name
        for name, resource in SITUATIONS.items()
        if isinstance(decide(actor, access, resource), Allow)
    ]


def _named(situations: list[str]) -> str:
    return "all" if len(situations) == len(SITUATIONS) else ", ".join(situations)
