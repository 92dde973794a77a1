"""Consent as scheduling knows it: per signature and scope, never revived once withdrawn (5.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.scheduling.domain.told import Told, first_told
from shared.folds import Sourced

TREATMENT = "treatment"
AFTERCARE_AGREEMENT = "aftercare_agreement"


def _key(consent_id: str, scope: str) -> str:
    return f"{consent_id}:{scope}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """Grants, withdrawals and expiries, each a set of its own."""

    granted: Mapping[str, Sourced[datetime]] = field(default_factory=dict)
    withdrawn: Mapping[str, Sourced[datetime]] = field(default_factory=dict)
    expired: Mapping[str, Sourced[bool]] = field(default_factory=dict)

    def grant(
        self, told: Told, consent_id: str, scopes: Iterable[str], valid_until: datetime
    ) -> "ConsentFacts":
        keys = [_key(consent_id, scope) for scope in scopes]
        added = {k: first_told(self.granted.get(k), told.of(valid_until)) for k in keys}
        return replace(self, granted={**self.granted, **added})

    def withdraw(
        self, told: Told, consent_id: str, scopes: Iterable[str], withdrawn_at: datetime
    ) -> "ConsentFacts":
        keys = [_key(consent_id, scope) for scope in scopes]
        added = {k: first_told(self.withdrawn.get(k), told.of(withdrawn_at)) for k in keys}
        return replace(self, withdrawn={**self.withdrawn, **added})

    def expire(self, told: Told, consent_id: str) -> "ConsentFacts":
        kept = first_told(self.expired.get(consent_id), told.of(value=True))
        return replace(self, expired={**self.expired, consent_id: kept})

    def active(self, scope: str, at: datetime) -> Sourced[datetime] | None:
        """The signature that covers a scope at a moment, with its end; the longest one."""
        candidates = [
            told
            for key, told in self.granted.items()
            if self._scope(key) == scope and self._alive(key) and at < told.value
        ]
        return max(candidates, key=lambda told: (told.value, told.event_id), default=None)

    def signature_of(self, told: Sourced[datetime]) -> str | None:
        """The id of the consent that a grant belongs to."""
        keys = [key for key, known in self.granted.items() if known == told]
        return keys[0].rsplit(":", 1)[0] if keys else None

    def dead(self, scope: str, consent_id: str) -> Sourced[datetime] | Sourced[bool] | None:
        """What ended this signature for the scope, as far as it is known here."""
        return self.withdrawn.get(_key(consent_id, scope)) or self.expired.get(consent_id)

    def withdrawal(self, scope: str) -> Sourced[datetime] | None:
        """The latest withdrawal of a scope, unless a signature that still stands covers it.

        An expired signature is no protection: it was not signed again.
        """
        if any(self._scope(key) == scope and self._alive(key) for key in self.granted):
            return None
        taken_back = [told for key, told in self.withdrawn.items() if self._scope(key) == scope]
        return max(taken_back, key=lambda told: (told.value, told.event_id), default=None)

    def _alive(self, key: str) -> bool:
        return key not in self.withdrawn and key.rsplit(":", 1)[0] not in self.expired

    @staticmethod
    def _scope(key: str) -> str:
        return key.rsplit(":", 1)[1]
