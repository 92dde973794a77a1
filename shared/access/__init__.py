"""Who may do and see what: one pure function of an actor, an action and a resource.

The role matrix of a service says which roles an action is open to. Whose record it is about decides
the rest: therapists and prescribers act for the clients whose care team they are on, the roles that
keep the whole clinic running act for every client, and an act whose refusal could hurt somebody is
refused to nobody whose role has it. The same sentences stand in the database as row-level security.
"""

from shared.access.actions import Access, Action, Need, actions_of
from shared.access.decide import Allow, Decided, Deny, Ground, Reason, decide
from shared.access.resource import STRANGER, Place, Resource

__all__ = [
    "STRANGER",
    "Access",
    "Action",
    "Allow",
    "Decided",
    "Deny",
    "Ground",
    "Need",
    "Place",
    "Reason",
    "Resource",
    "actions_of",
    "decide",
]
