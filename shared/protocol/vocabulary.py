"""The words of a protocol: closed vocabularies that rules and clinics share."""

from enum import StrEnum


class Route(StrEnum):
    """How the medicine is given (F55)."""

    IV = "IV"
    IM = "IM"
    SL = "SL"
    PO = "PO"
    IN = "IN"


class Setting(StrEnum):
    IN_CLINIC = "in_clinic"
    VIRTUAL = "virtual"


class TherapistPresence(StrEnum):
    """``after_only`` asks for another named clinician who stays throughout (C-11)."""

    THROUGHOUT = "throughout"
    AFTER_ONLY = "after_only"


class ProtocolProfile(StrEnum):
    """``esketamine_rems`` adds what the certified setting asks for (clinical 3.1)."""

    STANDARD = "standard"
    ESKETAMINE_REMS = "esketamine_rems"


class RecoveryCriterion(StrEnum):
    ORIENTED = "oriented"
    STEADY_GAIT = "steady_gait"
    VITALS_WITHIN_20PCT = "vitals_within_20pct"
    MOAAS_5 = "moaas_5"
    NAUSEA_MINIMAL = "nausea_minimal"


class ScoreInstrument(StrEnum):
    PADSS_MODIFIED = "padss_modified"
    ALDRETE_MODIFIED = "aldrete_modified"


class ClearanceRole(StrEnum):
    """``trained_therapist`` only where the clinic's policy adds it."""

    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    TRAINED_THERAPIST = "trained_therapist"


class AdministeringRole(StrEnum):
    """Who may give the medicine (F34). A therapist never may: headline 11."""

    PRESCRIBER = "prescriber"
    NURSE = "nurse"


class Role(StrEnum):
    """The people who sign in."""

    THERAPIST = "therapist"
    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    ON_CALL = "on_call"
    OPERATOR = "operator"


class PregnancyTest(StrEnum):
    NEVER = "never"
    FIRST = "first"
    EACH = "each"


class InteractionAction(StrEnum):
    INFO = "info"
    REVIEW = "review"
    HOLD = "hold"


class DrugClass(StrEnum):
    """Classes a client may take beside the treatment (clinical 3.11)."""

    BENZODIAZEPINE = "benzodiazepine"
    SEDATIVE_HYPNOTIC = "sedative_hypnotic"
    OPIOID = "opioid"
    PSYCHOSTIMULANT = "psychostimulant"
    MAOI = "maoi"
    LAMOTRIGINE = "lamotrigine"
    CYP3A4_OR_2B6 = "cyp3a4_or_2b6"
    THEOPHYLLINE = "theophylline"


class Programme(StrEnum):
    MOOD = "mood"
    PAIN = "pain"


class Indication(StrEnum):
    """What a course may treat (F02 to F07). Never leaves intake."""

    DEPRESSION = "depression"
    ANXIETY = "anxiety"
    PTSD = "ptsd"
    ADDICTION = "addiction"
    CHRONIC_PAIN = "chronic_pain"
    OCD = "ocd"
    BIPOLAR = "bipolar"
    SUICIDAL_IDEATION = "suicidal_ideation"


class ConsentScope(StrEnum):
    TREATMENT = "treatment"
    AFTERCARE_AGREEMENT = "aftercare_agreement"
    INFORMATION_SHARING = "information_sharing"


class Touch(StrEnum):
    """Ordered from narrow to wide (F80)."""

    NONE = "none"
    HAND_OR_SHOULDER = "hand_or_shoulder"
    AS_AGREED = "as_agreed"


class EngagementStyle(StrEnum):
    """How much the therapist engages; the client leads (F72 to F77)."""

    SILENT_SUPPORT = "silent_support"
    HOLD_SPACE = "hold_space"
    GENTLE_GUIDANCE = "gentle_guidance"
    REASSURANCE = "reassurance"
    CONVERSATION = "conversation"
    FOCUSED_TOPIC = "focused_topic"


class Channel(StrEnum):
    """How the clinic reaches people. Each needs the client's own consent as well (F16)."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
