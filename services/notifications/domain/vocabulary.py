"""The closed vocabularies of aftercare and messages."""

from enum import StrEnum


class PlanKind(StrEnum):
    """Enhanced adds an early check-in and closer watching (F101)."""

    STANDARD = "standard"
    ENHANCED = "enhanced"


class Recipient(StrEnum):
    CLIENT = "client"
    ESCORT = "escort"


class HandoverChannel(StrEnum):
    """How instructions reached somebody; the first two are handed over by staff."""

    PAPER = "paper"
    IN_PERSON = "in_person"
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"


class Channel(StrEnum):
    """What carries a message, in the order in which they are tried. Voice is a spoken text."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"


class Carriage(StrEnum):
    """What a channel says of a message: a closed vocabulary of outcomes.

    ``refused`` is for good (no such number or mailbox, or its owner wants nothing from us);
    ``away`` may pass, and says nothing about whether the message was taken after all.
    """

    TAKEN = "taken"
    REFUSED = "refused"
    AWAY = "away"


class Language(StrEnum):
    ENGLISH = "en"
    SPANISH = "es"


class CheckInOutcome(StrEnum):
    OK = "ok"
    CONCERN = "concern"
    NO_RESPONSE = "no_response"


class Purpose(StrEnum):
    """What a message is for. It may travel; what the message says may not."""

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
