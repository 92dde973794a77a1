"""Who may be named as acting."""

from enum import StrEnum


class Role(StrEnum):
    CLIENT = "client"
    THERAPIST = "therapist"
    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    ON_CALL = "on_call"
    OPERATOR = "operator"
    SYSTEM = "system"
