"""What a passkey has to prove (WebAuthn), by the library: made here, and used here."""

import json
from typing import Any

import webauthn
from webauthn.helpers.exceptions import (
    InvalidAuthenticationResponse,
    InvalidJSONStructure,
    InvalidRegistrationResponse,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cli.issuer.accounts import Account
from cli.issuer.passkeys import Passkey
from cli.issuer.settings import IssuerSettings

_REFUSALS = (
    InvalidAuthenticationResponse,
    InvalidRegistrationResponse,
    InvalidJSONStructure,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What the library raises: for an answer that is none, also what Python does of its parts."""


def options_to_make(
    settings: IssuerSettings, account: Account, challenge: bytes, known: list[Passkey]
) -> Any:
    """For ``navigator.credentials.create``: one that the device finds by itself and unlocks."""
    made = webauthn.generate_registration_options(
        rp_id=settings.host,
        rp_name="careteam",
        user_id=account.id.bytes,
        user_name=account.login,
        user_display_name=account.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
    )
    return json.loads(webauthn.options_to_json(made))


def options_to_use(settings: IssuerSettings, challenge: bytes) -> Any:
    """For ``navigator.credentials.get``: whichever passkey the device has for us."""
    made = webauthn.generate_authentication_options(
        rp_id=settings.host,
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(webauthn.options_to_json(made))


def made(
    settings: IssuerSettings, credential: str, challenge: bytes
) -> tuple[bytes, bytes, int] | None:
    """A new passkey's id, public key and count; None where it proves nothing."""
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.host,
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    except _REFUSALS:
        return None
    return found.credential_id, found.credential_public_key, found.sign_count


def named(credential: str) -> bytes | None:
    """The id of the passkey that somebody claims to use."""
    try:
        return webauthn.base64url_to_bytes(str(json.loads(credential)["rawId"]))
    except _REFUSALS:
        return None


def used(
    settings: IssuerSettings, passkey: Passkey, credential: str, challenge: bytes
) -> int | None:
    """The passkey's next count; None where this is not its answer to this challenge, here."""
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.host,
            expected_origin=settings.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _REFUSALS:
        return None
    return found.new_sign_count
