"""The issuer of a service, from its settings."""

from shared.runtime.settings import ServiceSettings
from shared.web.sign_in.claims import ClaimMap
from shared.web.sign_in.issuer import Issuer


def issuer_of(settings: ServiceSettings, service: str) -> Issuer | None:
    """The issuer, or None where a service was started without one (tests)."""
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret_file
    return Issuer(
        settings.oidc_issuer,
        client_id=settings.oidc_client_id or f"careteam-{service}",
        client_secret=None if secret is None else secret.read_text().strip(),
        behind=settings.oidc_back_channel,
        audience=settings.oidc_audience,
        claim_map=ClaimMap(
            role=settings.oidc_role_claim,
            ref=settings.oidc_ref_claim,
            name=settings.oidc_name_claim,
            roles=settings.oidc_roles or None,
        ),
    )
