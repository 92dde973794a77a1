"""Signing in and out, and how a person wants to see pages.

A person signs in with the token that ``careteam up`` printed for them; what the browser keeps is a
session of its own, never the token.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from shared.web.access import Tokens
from shared.web.pages import sessions
from shared.web.pages.forms import Form as ShownForm
from shared.web.pages.forms import Mistake
from shared.web.pages.guard import assert_own_form, assert_same_origin
from shared.web.pages.page import inside, render

router = APIRouter(include_in_schema=False)

WRONG: Final = "That is no sign-in of this clinic. Copy it as it was printed."


@router.get("/sign-in")
async def ask(request: Request, then: str = "/") -> Response:
    """Who are you?"""
    return _form(request, inside(then))


@router.post("/sign-in")
async def enter(
    request: Request, token: Annotated[str, Form()] = "", then: Annotated[str, Form()] = "/"
) -> Response:
    """Open a session for whoever the token belongs to."""
    assert_same_origin(request)
    tokens: Tokens = request.app.state.tokens
    found = tokens.person(token.strip())
    if found is None:
        shown = ShownForm(mistakes=[Mistake("token", WRONG)])
        return _form(request, inside(then), shown, status=422)
    actor, name = found
    service = request.app.state.service
    language = "es" if request.headers.get("accept-language", "").startswith("es") else "en"
    async with service.database.engine.begin() as connection:
        old = sessions.session_id_of(request)
        if old is not None:
            await sessions.sign_out(connection, old)
        session_id = await sessions.sign_in(
            connection, actor, name, language=language, theme="light"
        )
    response = RedirectResponse(inside(then), status_code=303)
    sessions.keep(response, service.definition.name, session_id)
    return response


@router.post("/sign-out")
async def leave(request: Request, form_token: Annotated[str, Form()] = "") -> Response:
    """End the session on the server, whatever the browser keeps."""
    assert_same_origin(request)
    service = request.app.state.service
    session_id = sessions.session_id_of(request)
    if session_id is not None:
        async with service.database.engine.begin() as connection:
            person = await sessions.signed_in(connection, session_id)
            if person is not None:
                assert_own_form(person.form_token, form_token)
            await sessions.sign_out(connection, session_id)
    response = RedirectResponse("/sign-in", status_code=303)
    sessions.forget(response, service.definition.name)
    return response


@router.post("/appearance")
async def appearance(
    request: Request,
    form_token: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "/",
) -> Response:
    """Remember language and light."""
    assert_same_origin(request)
    session_id = sessions.session_id_of(request)
    service = request.app.state.service
    if session_id is not None:
        async with service.database.engine.begin() as connection:
            person = await sessions.signed_in(connection, session_id)
            if person is not None:
                assert_own_form(person.form_token, form_token)
                await sessions.prefer(
                    connection,
                    session_id,
                    language=language if language in sessions.LANGUAGES else person.language,
                    theme=theme if theme in sessions.THEMES else person.theme,
                )
    return RedirectResponse(inside(then), status_code=303)


def _form(
    request: Request, then: str, form: ShownForm | None = None, status: int = 200
) -> Response:
    values = {"then": then, "form": form or ShownForm()}
    return HTMLResponse(render(request, "sign_in.html", None, values), status_code=status)
