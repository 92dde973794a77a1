"""Asked again at a form: what was typed is kept, and the person comes back to it."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from shared.web.pages import sessions
from shared.web.pages.forms import kept_values, sent_form
from shared.web.pages.guard import assert_own_form, assert_same_origin
from shared.web.pages.inside import inside
from shared.web.pages.sessions import SignedIn
from shared.web.sign_in import kept_forms
from shared.web.sign_in.fresh import FRESH_SECONDS, ProofNeeded
from shared.web.sign_in.leaving import sign_in_path, with_kept


def install_asking_again(app: FastAPI) -> None:
    """Keep what was typed, send the person to prove who they are, and back to the form."""

    @app.exception_handler(ProofNeeded)
    async def asked_again(request: Request, _error: ProofNeeded) -> Response:
        request.state.attempt.sent_away = True
        back = await _kept(request, request.state.person)
        return RedirectResponse(sign_in_path(back, fresh=int(FRESH_SECONDS)), status_code=303)


async def kept_by_whoever_left(request: Request) -> str | None:
    """Where to go on with a form that was sent after its sender's session had fallen asleep; None
    where nothing was sent, or nobody knows by whom."""
    session_id = sessions.session_id_of(request)
    if request.method != "POST" or session_id is None:
        return None
    async with request.app.state.service.database.engine.begin() as connection:
        person = await sessions.remembered(connection, session_id)
    return None if person is None else await _kept(request, person)


async def _kept(request: Request, person: SignedIn) -> str:
    """Keep what was typed, if it was typed on a page of ours; the address that finds it again."""
    assert_same_origin(request)
    sent = await sent_form(request)
    assert_own_form(person.form_token, sent.get("form_token"))
    async with request.app.state.service.database.engine.begin() as connection:
        secret = await kept_forms.keep(connection, person.actor, kept_values(sent))
    return with_kept(_page_of(request), secret)


def _page_of(request: Request) -> str:
    """The page on which the form stood: the browser says so of pages of this origin."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    referrer = request.headers.get("referer", "")
    path = referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else ""
    return inside(path or request.url.path)
