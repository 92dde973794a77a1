"""What the clinic treats, in which programme, by which route: its protocol says so (F02 to F07)."""

from shared.decisions import Unblock, refuse
from shared.protocol import Course, Indication, Programme, Route


def require_offered(
    course: Course, programme: Programme, indications: tuple[Indication, ...]
) -> None:
    """Refuse what this clinic does not treat: a course for it would have no ground (F11)."""
    if programme not in course.programmes:
        refuse(
            "programme-not-offered",
            "F11",
            Unblock(fact="programme", owner="intake", action="choose a programme of this clinic"),
            programme=programme.value,
            offered=tuple(one.value for one in course.programmes),
        )
    foreign = tuple(one.value for one in indications if one not in course.indications)
    if foreign:
        refuse(
            "indication-not-treated-here",
            "F02",
            Unblock(
                fact="indications",
                owner="intake",
                action="name what this clinic treats, or refer the client",
            ),
            indications=foreign,
            treated=tuple(one.value for one in course.indications),
        )


def require_route_offered(enabled: tuple[Route, ...], preference: Route | None) -> None:
    """A plan does not promise a route that this clinic does not give (F24, C-13)."""
    if preference is not None and preference not in enabled:
        refuse(
            "route-not-offered",
            "C-13",
            Unblock(
                fact="route_preference",
                owner="intake",
                action="choose a route of this clinic, or none",
            ),
            route=preference.value,
            offered=tuple(one.value for one in enabled),
        )
