"""Who may send people here: the four services, each at the address it was started with."""

import hmac
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc6749 import ClientMixin

from cli.issuer.settings import CLIENT_PREFIX, IssuerSettings

SCOPES = frozenset({"openid", "profile", "offline_access"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A relying party: it proves itself with a secret, and is answered at one address only."""

    client_id: str
    redirect_uri: str
    back_channel_uri: str
    client_metadata: dict[str, Any]
    secret: str = field(repr=False)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(word for word in (scope or "").split() if word in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(client_secret.encode(), self.secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


def registered(settings: IssuerSettings) -> dict[str, Client]:
    """The services by their client ids."""
    clients = {}
    for service, url in settings.service_urls.items():
        base = url.rstrip("/")
        behind = settings.back_channel_urls.get(service, base).rstrip("/")
        secret = (settings.client_secrets_folder / service).read_text().strip()
        clients[CLIENT_PREFIX + service] = Client(
            client_id=CLIENT_PREFIX + service,
            redirect_uri=f"{base}/sign-in/return",
            back_channel_uri=f"{behind}/sign-in/ended",
            client_metadata={"post_logout_redirect_uris": [f"{base}/signed-out"]},
            secret=secret,
        )
    return clients
