"""Who signed what, and when."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.people import Signature
from shared.protocol import Role


class SignatureView(BaseModel):
    role: Role
    ref: UUID
    at: datetime


def signature_view(signature: Signature | None) -> SignatureView | None:
    if signature is None:
        return None
    return SignatureView(role=signature.role, ref=signature.ref, at=signature.at)
