"""A try at somebody's secret: counted before it is looked at, and in the audit when it is wrong."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, TypeVar
from uuid import UUID

import structlog
from fastapi import Request
from fastapi.responses import Response

from cli.issuer import accounts, guesses
from cli.issuer.accounts import Account
from cli.issuer.guesses import OF_THE_OFFICE, Tries
from cli.issuer.office import Office
from shared.audit import Outcome

ADMINISTER: Final = "administer"
TOO_OFTEN: Final = "Too many tries. Wait a little, then try again."

R = TypeVar("R", bound=Response)

_log = structlog.get_logger()


class TooOftenError(Exception):
    """Nothing was looked at; ``seconds`` is how long that stays so."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def on(self, answer: R) -> R:
        """The answer that says so, with when it may be tried again."""
        answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        answer.headers["retry-after"] = str(self.seconds)
        return answer


def tries_of(request: Request, login: str) -> Sequence[Tries]:
    """The buckets that a secret of this login's, typed in this browser, takes from."""
    return guesses.at_the_door(login, request.client.host if request.client else "")


async def take(here: Office, tries: Sequence[Tries], action: str, whose: UUID | None) -> None:
    """One try of each bucket; raises :class:`TooOftenError` where there is none."""
    async with here.engine.begin() as connection:
        wait = await guesses.take(connection, tries)
        if wait is not None and wait.first:
            await here.audited.turned_away(
                connection, action, "too_many_tries", whose, outcome=Outcome.REFUSED
            )
    if wait is not None:
        _log.warning("too_many_tries", seconds=wait.seconds)
        raise TooOftenError(wait.seconds)


async def password(
    here: Office, tries: Sequence[Tries], login: str, secret: str, action: str
) -> Account | None:
    """Whose login and password these are; raises :class:`TooOftenError`.

    A right one gives its tries back. All of it is the same work whether or not there is the login.
    """
    async with here.engine.begin() as connection:
        known = await accounts.by_login(connection, login)
    whose = None if known is None else known.ref
    await take(here, tries, action, whose)
    async with here.engine.connect() as connection:
        account = await accounts.who(connection, login, secret)
    async with here.engine.begin() as connection:
        if account is None:
            await here.audited.turned_away(connection, action, "password", whose)
        else:
            await guesses.give_back(connection, tries)
    return account


async def administration(here: Office) -> None:
    """Somebody came without the clinic's secret: it is told, and raises :class:`TooOftenError`.

    Whoever has the secret is never held up, so all others share one bucket: however many addresses
    they come from, they fill no chain.
    """
    await take(here, [OF_THE_OFFICE.of("")], ADMINISTER, None)
    async with here.engine.begin() as connection:
        await here.audited.turned_away(connection, ADMINISTER, "secret", None)
