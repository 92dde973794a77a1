"""Aftercare, check-ins, messages."""

from enum import StrEnum


class AftercarePlanKind(StrEnum):
    STANDARD = "standard"
    ENHANCED = "enhanced"


class AftercareStatus(StrEnum):
    ARMED = "armed"
    RESTRICTED = "restricted"
    MONITORING = "monitoring"
    ESCALATED = "escalated"
    CLOSED = "closed"


class InstructionsRecipient(StrEnum):
    CLIENT = "client"
    ESCORT = "escort"


class Channel(StrEnum):
    PAPER = "paper"
    IN_PERSON = "in_person"
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"


class CheckInOutcome(StrEnum):
    OK = "ok"
    CONCERN = "concern"
    NO_RESPONSE = "no_response"


class MessagePurpose(StrEnum):
    """What a message was for; never what it said."""

    WELCOME = "welcome"
    DECLINE_NOTICE = "decline_notice"
    APPOINTMENT_REMINDER = "appointment_reminder"
    APPOINTMENT_CHANGE = "appointment_change"
    ESCORT_REQUEST = "escort_request"
    ESCORT_PICKUP = "escort_pickup"
    AFTERCARE_INSTRUCTIONS = "aftercare_instructions"
    RESTRICTION_OVER = "restriction_over"
    CHECK_IN = "check_in"
    INTEGRATION_OFFER = "integration_offer"
    FOLLOW_UP = "follow_up"
    OUTREACH = "outreach"
    SAFETY_CONTACT = "safety_contact"
    TEAM_ALERT = "team_alert"
