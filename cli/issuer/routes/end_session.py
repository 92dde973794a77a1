"""The end of a sign-in, asked for by a service or at the issuer's own page."""

from typing import Annotated, Any
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from authlib.oidc.rpinitiated import EndSessionEndpoint
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from cli.issuer import endings
from cli.issuer.keys import ALGORITHM, public_set
from cli.issuer.office import Office, office, show, who_is_here
from cli.issuer.protocol import Request as Asked
from cli.issuer.sign_ins import COOKIE
from shared.web.pages.guard import assert_origin, assert_own_form

router = APIRouter()


class _Ending(EndSessionEndpoint):  # type: ignore[misc]
    def __init__(self, here: Office) -> None:
        super().__init__(here.protocol)
        self._keys = public_set(here.key)

    def get_server_jwks(self) -> dict[str, Any]:
        return self._keys

    def get_algorithms(self) -> list[str]:
        return [ALGORITHM]


@router.get("/end-session")
async def end(request: Request) -> Response:
    """OpenID Connect RP-Initiated Logout 1.0. Without a hint of ours the person is asked first."""
    here = office(request)
    address = f"{here.settings.oidc_issuer}{request.url.path}"
    asked = Asked("GET", address, request.query_params.multi_items())
    try:
        ending = _Ending(here).validate_request(asked)
    except OAuth2Error as error:
        return show(request, "refused.html", status=400, why=error.description or error.error)
    async with here.engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
        hinted = (ending.id_token_claims or {}).get("sid")
        theirs = sign_in is not None and hinted == str(sign_in.sid)
        if sign_in is not None and not theirs:
            return show(request, "leave.html", sign_in=sign_in, then=ending.redirect_uri or "")
        if sign_in is not None:
            await endings.end(connection, sign_in.sid, sign_in.account.id)
            await here.audited.did(connection, sign_in.account, "sign_out", "service")
    return _left(request, here, ending.redirect_uri)


@router.post("/end-session")
async def confirm(
    request: Request,
    form_token: Annotated[str, Form(max_length=200)] = "",
    sid: Annotated[UUID | None, Form()] = None,
) -> Response:
    """The person says so, on a page of ours."""
    here = office(request)
    assert_origin(request, here.settings.origin)
    async with here.engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
        if sign_in is not None:
            assert_own_form(sign_in.form_token, form_token)
            if sid in {None, sign_in.sid}:
                await endings.end(connection, sign_in.sid, sign_in.account.id)
                await here.audited.did(connection, sign_in.account, "sign_out", "sign_in")
    return _left(request, here, None)


def _left(request: Request, here: Office, then: str | None) -> Response:
    here.notices.hurry()
    response: Response = (
        RedirectResponse(then, status_code=303) if then else show(request, "left.html")
    )
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True)
    return response
