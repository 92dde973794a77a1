"""The issuer's own page: who is signed in here, with what, and how pages are to look."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from cli.issuer import passkeys, second_factors
from cli.issuer.office import LANGUAGE, THEME, office, show, who_is_here
from shared.web.pages.guard import assert_origin
from shared.web.pages.inside import inside
from shared.web.pages.sessions import LANGUAGES, THEMES

router = APIRouter()


@router.get("/")
async def home(request: Request, changed: str = "") -> Response:
    """Who is here, and their passkeys; or the way to the services."""
    async with office(request).engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
        if sign_in is None or sign_in.asleep:
            return show(request, "left.html")
        kept = await passkeys.of(connection, sign_in.account.id)
        factor = await second_factors.of(connection, sign_in.account.id)
    return show(
        request, "home.html", sign_in=sign_in, passkeys=kept, factor=factor, changed=changed
    )


@router.post("/appearance")
async def appearance(
    request: Request,
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    here: Annotated[str, Form(max_length=4000)] = "/",
) -> Response:
    """Remember language and light in the browser: nobody is signed in yet."""
    assert_origin(request, office(request).settings.origin)
    response = RedirectResponse(inside(here), status_code=303)
    for name, value, known in ((LANGUAGE, language, LANGUAGES), (THEME, theme, THEMES)):
        if value in known:
            response.set_cookie(
                name,
                value,
                path="/",
                max_age=31536000,
                secure=True,
                httponly=True,
                samesite="lax",
            )
    return response
