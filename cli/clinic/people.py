"""The accounts of a clinic's own issuer, kept by whoever holds its administration secret."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx

from cli.clinic.tokens import SignIn
from cli.trouble import Trouble

_PATIENCE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Administration:
    """The issuer's endpoint for accounts."""

    url: str
    secret_file: Path
    patience: float = _PATIENCE_SECONDS
    """For how many seconds an issuer that does not answer is asked."""

    def status(self) -> dict[str, Any]:
        """What it owes: checkpoints of its audit, ends of sign-ins that services do not know of."""
        found: dict[str, Any] = self._ask("GET", "", of="status")
        return found

    def accounts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", "")
        return found

    def add_demo(self, people: Sequence[SignIn]) -> list[SignIn]:
        """Accounts for those who have none. Who got one is returned with the password, once."""
        wanted = [{"name": one.name, "role": one.role, "ref": one.ref} for one in people]
        made: list[dict[str, str]] = self._ask("POST", "", {"people": wanted, "demo": True})
        passwords = {one["ref"]: one["password"] for one in made}
        return [replace(one, password=passwords.get(one.ref, "")) for one in people]

    def new_password(self, login: str) -> str:
        return str(self._ask("POST", f"/{login}/password")["password"])

    def change(self, login: str, change: str) -> str:
        """``end``, ``disable``, ``enable`` or ``remove-code``; returns the state that follows."""
        return str(self._ask("POST", f"/{login}/{change}")["state"])

    def programs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", "", of="programs")
        return found

    def add_program(self, name: str, role: str) -> dict[str, str]:
        """Its id, and its secret, once."""
        made: dict[str, str] = self._ask("POST", "", {"name": name, "role": role}, of="programs")
        return made

    def new_secret(self, program: str) -> str:
        return str(self._ask("POST", f"/{program}/secret", of="programs")["secret"])

    def end_program(self, program: str) -> str:
        return str(self._ask("POST", f"/{program}/end", of="programs")["state"])

    def _ask(self, method: str, path: str, body: Any = None, of: str = "accounts") -> Any:
        try:
            secret = self.secret_file.read_text().strip()
        except OSError as error:
            raise Trouble(f"{self.secret_file} cannot be read: {error.strerror}") from error
        deadline = time.monotonic() + self.patience
        while True:
            try:
                answer = httpx.request(
                    method,
                    f"{self.url}/administration/{of}{path}",
                    json=body,
                    headers={"Authorization": f"Bearer {secret}"},
                    timeout=self.patience,
                )
                break
            except httpx.HTTPError as error:
                if time.monotonic() > deadline:
                    raise Trouble(f"the sign-in at {self.url} does not answer") from error
                time.sleep(0.2)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise Trouble(f"the sign-in refused: {answer.json()['detail']}")
        return answer.json()
