"""What went wrong, as a page: the same reasons as in the API, in words."""

import json

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from shared.web.access import SignInNeeded, is_page
from shared.web.pages import sessions
from shared.web.pages.page import render
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


def _wanted(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else "/"


def for_people(request: Request, made: JSONResponse) -> Response:
    """A problem as a page where a browser asked for one."""
    if not is_page(request):
        return made
    problem = json.loads(bytes(made.body))
    person = getattr(request.state, "person", None)
    page = render(request, "error.html", person, {"problem": problem})
    headers = {k: v for k, v in made.headers.items() if k in {"retry-after", "allow"}}
    return HTMLResponse(page, status_code=made.status_code, headers=headers)
