"""Which channels this clinic has, and which of them only pretend."""

from dataclasses import dataclass

from services.notifications.domain.vocabulary import Channel
from services.notifications.handlers.ports import Carriers


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """``simulated``: channels that keep what they would have sent, and send nothing."""

    carriers: Carriers
    simulated: frozenset[Channel]
