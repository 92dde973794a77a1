"""What went wrong, as a page: the same reasons as in the API, in words."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from shared.audit import Attempt
from shared.web.access import SignInNeeded, is_page
from shared.web.audited import NOT_THERE, first_id
from shared.web.pages import sessions
from shared.web.pages.inside import inside
from shared.web.pages.rendering import Renderer
from shared.web.pages.sessions import SignedIn
from shared.web.pages.showing import render, ways_of
from shared.web.sign_in.asking_again import kept_by_whoever_left
from shared.web.sign_in.leaving import locked_path, sign_in_path


def install_sign_in_redirect(app: FastAPI) -> None:
    """Send a browser with which nobody is signed in to the door, and back afterwards. One with
    which somebody was shows a locked screen first."""

    @app.exception_handler(SignInNeeded)
    async def at_the_door(request: Request, _error: SignInNeeded) -> Response:
        if request.url.path == "/live":
            return Response(status_code=204)
        way = (
            sign_in_path(_wanted(request))
            if sessions.session_id_of(request) is None
            else locked_path(await kept_by_whoever_left(request) or _wanted(request))
        )
        if "hx-request" in request.headers:
            return Response(headers={"HX-Redirect": way})
        return RedirectResponse(way, status_code=303)


def _emergency_way(request: Request, status: int) -> str | None:
    """The way to opening a record in an emergency, for those who may: what is somebody else's and
    what is not there have the same, so that it tells nothing."""
    attempt: Attempt | None = getattr(request.state, "attempt", None)
    named = first_id(request)
    if status != NOT_THERE or named is None or attempt is None:
        return None
    if attempt.role not in request.app.state.access["break_glass"].roles:
        return None
    then = _wanted(request)
    here = f"/clients/{named}/emergency-access"
    return None if then.startswith(here) else f"{here}?{urlencode({'then': then})}"


def _first_of_theirs(request: Request, status: int, person: SignedIn | None) -> str | None:
    """Where somebody is led who may not see a service's first page: to the first that they may."""
    if (request.method, request.url.path, status) != ("GET", "/", HTTPStatus.FORBIDDEN):
        return None
    renderer: Renderer = request.app.state.renderer
    open_to = ways_of(person, renderer.navigation, request.app.state.access)
    return next((way.path for way in open_to if way.path != "/"), None)


def _wanted(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else "/"


def for_people(request: Request, made: JSONResponse) -> Response:
    """A problem as a page where a browser asked for one."""
    if not is_page(request):
        return made
    problem = json.loads(bytes(made.body))
    person = getattr(request.state, "person", None)
    theirs = _first_of_theirs(request, made.status_code, person)
    if theirs is not None:
        return RedirectResponse(inside(theirs), status_code=303)
    way = _emergency_way(request, made.status_code)
    page = render(request, "error.html", person, {"problem": problem, "emergency_way": way})
    headers = {k: v for k, v in made.headers.items() if k in {"retry-after", "allow", "connection"}}
    return HTMLResponse(page, status_code=made.status_code, headers=headers)
