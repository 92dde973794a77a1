"""Asked again at a form: what was typed is kept, and the person comes back to it."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from shared.web.pages.forms import typed
from shared.web.pages.guard import assert_own_form, assert_same_origin
from shared.web.pages.inside import inside
from shared.web.sign_in import kept_forms
from shared.web.sign_in.fresh import FRESH_SECONDS, ProofNeeded
from shared.web.sign_in.leaving import sign_in_path, with_kept


def install_asking_again(app: FastAPI) -> None:
    """Keep what was typed, send the person to prove who they are, and back to the form."""

    @app.exception_handler(ProofNeeded)
    async def asked_again(request: Request, _error: ProofNeeded) -> Response:
        assert_same_origin(request)
        person = request.state.person
        sent = await request.form()
        assert_own_form(person.form_token, sent.get("form_token"))
        async with app.state.service.database.engine.begin() as connection:
            kept = await kept_forms.keep(connection, person.actor, typed(sent))
        back = with_kept(_page_of(request), kept)
        return RedirectResponse(sign_in_path(back, fresh=int(FRESH_SECONDS)), status_code=303)


def _page_of(request: Request) -> str:
    """The page on which the form stood: the browser says so of pages of this origin."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    referrer = request.headers.get("referer", "")
    path = referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else ""
    return inside(path or request.url.path)
