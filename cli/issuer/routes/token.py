"""The services' own endpoint: a code for tokens, a refresh token for another, and its end."""

from collections.abc import Mapping

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from cli.issuer import codes, guesses, programs, sign_ins, trying
from cli.issuer.codes import Code
from cli.issuer.office import Office, office
from cli.issuer.protocol import Answer, Renewal
from cli.issuer.protocol import Request as Asked
from cli.issuer.trying import TooOftenError, tries_of

router = APIRouter()

_NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


@router.post("/token")
async def token(request: Request) -> Response:
    """RFC 6749 section 3.2, for clients that prove themselves."""
    here = office(request)
    asked = await _asked(request, here)
    if asked.payload.grant_type == "client_credentials":
        return await _in_its_own_name(request, here, asked)
    answer = here.protocol.create_token_response(asked)
    if asked.made_token is not None:
        async with here.engine.begin() as connection:
            if asked.code is not None and "refresh_token" in asked.made_token:
                await sign_ins.keep_refresh_token(
                    connection,
                    asked.code.sign_in.sid,
                    asked.code.client_id,
                    asked.made_token["refresh_token"],
                    asked.code.scope,
                )
            if asked.renewal is not None:
                await sign_ins.stay(connection, asked.renewal.sign_in.sid)
    return _answered(answer)


async def _in_its_own_name(request: Request, here: Office, asked: Asked) -> Response:
    """RFC 6749 section 4.4: a program's secret is a secret like any other, counted and audited."""
    named = extract_basic_authorization(asked.headers)[0] or ""
    async with here.engine.begin() as connection:
        asked.program = await programs.by_id(connection, named)
    whose = None if asked.program is None else asked.program.ref
    tries = tries_of(request, named)
    try:
        await trying.take(here, tries, "take_token", whose)
    except TooOftenError as wait:
        return wait.on(JSONResponse({"error": "temporarily_unavailable"}, headers=_NO_STORE))
    answer = here.protocol.create_token_response(asked)
    async with here.engine.begin() as connection:
        if asked.made_token is None or asked.program is None:
            why = dict(answer.body)["error"]
            await here.audited.turned_away(connection, "take_token", why, whose)
        else:
            await guesses.give_back(connection, tries)
            await here.audited.did(connection, asked.program, "take_token", "secret")
    return _answered(answer)


def _answered(answer: Answer) -> Response:
    body = answer.body if isinstance(answer.body, dict) else dict(answer.body)
    return JSONResponse(body, status_code=answer.status, headers=_NO_STORE)


@router.post("/revoke")
async def revoke(request: Request) -> Response:
    """RFC 7009: a screen was locked. Whoever opens the next one has to prove who they are."""
    here = office(request)
    asked = await _asked(request, here, named="token")
    try:
        client = here.protocol.authenticate_client(asked, ["client_secret_basic"])
    except OAuth2Error as error:
        return JSONResponse(
            dict(error.get_body()), status_code=error.status_code, headers=_NO_STORE
        )
    if asked.renewal is not None and asked.renewal.client_id == client.client_id:
        async with here.engine.begin() as connection:
            await sign_ins.lock(connection, asked.renewal.sign_in.sid)
    return JSONResponse({}, headers=_NO_STORE)


async def _asked(request: Request, here: Office, named: str = "refresh_token") -> Asked:
    form = await request.form()
    fields = [(name, text) for name, text in form.multi_items() if isinstance(text, str)]
    told = dict(fields)
    code, renewal = None, None
    async with here.engine.begin() as connection:
        if told.get("grant_type") == "authorization_code" and told.get("code"):
            taken = await codes.take(connection, told["code"])
            sign_in = None if taken is None else await sign_ins.of(connection, taken["sid"])
            if taken is not None and sign_in is not None:
                wanted = ("client_id", "redirect_uri", "scope", "nonce", "code_challenge")
                code = Code(sign_in=sign_in, **{name: taken[name] for name in wanted})
        elif told.get(named):
            found = await sign_ins.by_refresh_token(connection, told[named])
            if found is not None:
                renewal = Renewal(
                    sign_in=found[0], client_id=found[1].client_id, scope=found[1].scope
                )
    address = f"{here.settings.oidc_issuer}{request.url.path}"
    return Asked("POST", address, fields, _headers(request), code=code, renewal=renewal)


def _headers(request: Request) -> Mapping[str, str]:
    """Without a client's proof that is no text at all: the library fails where it should refuse."""
    try:
        extract_basic_authorization(request.headers)
    except UnicodeDecodeError:
        return {name: told for name, told in request.headers.items() if name != "authorization"}
    return request.headers
