"""A prescriber decides with a fresh proof, on pages and in the API; what stops waits for none."""

import importlib
import re
from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts

from shared.runtime.settings import ServiceSettings
from shared.web.access import _actions
from shared.web.application import actions, create_app

DECIDES = re.compile(
    r"/(assessments/\{request_id\}(/completion|/enrolment)?|prescriptions?|activation|amendments?"
    r"|confirmation|higher-dose(-confirmation)?|acceptance|release|lift|protocol-changes"
    r"|protocol-changes/\{change_id\}/signatures)$"
)
NEVER_WAITS = re.compile(
    r"/(revocation|withholding|taken-doses?|administrations|dose|return|waste|holds|stop|look"
    r"|recovery-checks|reversal|rescission|adverse-events|withdrawal|left-against-advice)$"
)


def changes(service: str) -> Iterator[tuple[str, bool]]:
    """Each change with whether a prescriber proves again who they are before it: where it is none
    of theirs, whoever does it."""
    definition = importlib.import_module(f"services.{service}.app").DEFINITION
    settings = ServiceSettings(env="test", database_url="postgresql://nobody@localhost/nothing")
    for route in iter_route_contexts(create_app(definition, settings).routes):
        dependant = getattr(route, "dependant", None)
        if dependant is not None and "POST" in (route.methods or ()):
            for action in _actions(dependant):
                roles = actions(definition)[action].roles
                asked = {"prescriber"} & roles or roles
                yield str(route.path), asked <= definition.step_up.get(action, frozenset())


@pytest.mark.parametrize(
    ("service", "deciding", "stopping"),
    [("prescribing", 18, 12), ("intake", 4, 2), ("scheduling", 2, 2)],
)
def test_what_decides_is_asked_for_and_what_stops_is_not(
    service: str, deciding: int, stopping: int
) -> None:
    found = list(changes(service))
    decides = {path: asked for path, asked in found if DECIDES.search(path)}
    stops = {path: asked for path, asked in found if NEVER_WAITS.search(path)}
    assert len(decides) >= deciding, sorted(decides)
    assert len(stops) >= stopping, sorted(stops)
    assert [path for path, asked in decides.items() if not asked] == []
    assert [path for path, asked in stops.items() if asked] == []
