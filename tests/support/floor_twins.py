"""For each floor of a protocol: what stands on it, and what is just below."""

from typing import Final

ESKETAMINE = """
protocol_profile: esketamine_rems
rems_certified: true
routes_enabled: [IN]
aftercare: {until_next_day: true}
recovery: {monitoring_form_days: 7, report_every_adverse_event: true}
predose: {prescriber_on_site: true, concomitant_medication_list: true}
prescription: {enrolment_required: true}
"""

SHORT_BLOCK = """
routes_enabled: [IM]
dosing: {block_minutes: {default: 60, min: 60}, overrun_buffer_minutes: 80}
"""

OWN_PROFILE = """
timing_profiles:
  SL-OWN: {route: SL, onset: 15, peak_until: 60, offset_min: 90, offset_max: 150}
"""

# What stands on the floor, what is just below it, and what is said of the latter.
FLOOR_TWINS: Final[dict[str, tuple[str, str, str]]] = {
    "intent or plan is emergent (C-09)": (
        "screening: {cuts: {cssrs_emergent: 4}}",
        "screening: {cuts: {cssrs_emergent: 5}}",
        "screening.cuts.cssrs_emergent: is emergent from question 4",
    ),
    "a high drinking score is reviewed (3.10)": (
        "screening: {cuts: {audit_review: 16}}",
        "screening: {cuts: {audit_review: 17}}",
        "screening.cuts.audit_review: is high from 16",
    ),
    "a programme has a name (architecture 4)": (
        "protocol_name: lozenge_clinic",
        "protocol_name: Lozenge Clinic",
        "protocol_name: is no name",
    ),
    "eight hours of restriction (F90)": (
        "aftercare: {min_hours: 8}",
        "aftercare: {min_hours: 7}",
        "aftercare.min_hours: below the floor of 8 hours",
    ),
    "the enhanced plan looks earlier (F101)": (
        "aftercare: {enhanced_checkins_hours: [23, 24]}",
        "aftercare: {enhanced_checkins_hours: [24, 72]}",
        "aftercare.enhanced_checkins_hours: needs an early check-in",
    ),
    "five minutes to the first call (INV-30)": (
        "messaging: {urgent_contact_minutes: 5}",
        "messaging: {urgent_contact_minutes: 6}",
        "messaging.urgent_contact_minutes: an urgent loop",
    ),
    "a circle has an hour at most (INV-30)": (
        "messaging: {escalation_step_minutes: 60}",
        "messaging: {escalation_step_minutes: 61}",
        "messaging.escalation_step_minutes: within the hour",
    ),
    "silence is not waited for longer than a day (F99)": (
        "messaging: {checkin_patience_hours: 24}",
        "messaging: {checkin_patience_hours: 25}",
        "messaging.checkin_patience_hours: a day at most",
    ),
    "what is urgent is due in five minutes (INV-30)": (
        "messaging: {task_minutes: {at_once: 5}}",
        "messaging: {task_minutes: {at_once: 6}}",
        "messaging.task_minutes: must rise",
    ),
    "check-ins rise (F99)": (
        "aftercare: {checkins_hours: [24, 72]}",
        "aftercare: {checkins_hours: [72, 24]}",
        "aftercare.checkins_hours: check-ins must be rising",
    ),
    "enhanced check-ins rise too (F99)": (
        "aftercare: {enhanced_checkins_hours: [6, 23]}",
        "aftercare: {enhanced_checkins_hours: [23, 6]}",
        "aftercare.enhanced_checkins_hours: check-ins must be rising",
    ),
    "an escort is required (F89)": (
        "escort: {required: true}",
        "escort: {required: false}",
        "escort.required: an escort is always required",
    ),
    "an escort is an adult": (
        "escort: {min_age: 18}",
        "escort: {min_age: 17}",
        "escort.min_age: an escort is an adult",
    ),
    "an escort is known before the dose": (
        "escort: {confirm_before_dose: true}",
        "escort: {confirm_before_dose: false}",
        "escort.confirm_before_dose: an escort is confirmed before",
    ),
    "one preparation session (C-03)": (
        "prep: {min_sessions: 1}",
        "prep: {min_sessions: 0}",
        "prep.min_sessions: below the floor",
    ),
    "the floor of preparation itself": (
        "prep: {floor_min: 1}",
        "prep: {floor_min: 0}",
        "prep.floor_min: the floor is one session",
    ),
    "observation outlasts the offset (F88)": (
        "recovery: {min_observation_minutes: 115}",
        "recovery: {min_observation_minutes: 114}",
        "recovery.min_observation_minutes: shorter than the offset of SL-STD: write 115",
    ),
    "an enabled route has a profile (C-13)": (
        "routes_enabled: [IM]\ntiming_profiles: {SL-STD: null}",
        "routes_enabled: [SL, IM]\ntiming_profiles: {SL-STD: null}",
        "routes_enabled[0]: SL has no timing profile",
    ),
    "an enabled route has a ceiling (F12)": (
        "routes_enabled: [SL]\nprescription: {ceilings: {SL: {amount: 300}}}",
        "routes_enabled: [SL, IM]\nprescription: {ceilings: {SL: {amount: 300}}}",
        "routes_enabled[1]: IM has no ceiling",
    ),
    "esketamine is certified (C-13)": (
        ESKETAMINE,
        ESKETAMINE.replace("rems_certified: true", "rems_certified: false"),
        "protocol_profile: esketamine needs a certified setting",
    ),
    "esketamine restricts until the next day (C-17)": (
        ESKETAMINE,
        ESKETAMINE.replace("until_next_day: true", "until_next_day: false"),
        "aftercare.until_next_day: esketamine restricts",
    ),
    "esketamine is intranasal": (
        ESKETAMINE,
        ESKETAMINE.replace("[IN]", "[SL]"),
        "routes_enabled: esketamine is given by IN",
    ),
    "esketamine is observed two hours (3.1)": (
        ESKETAMINE.replace("{monitoring", "{min_observation_minutes: 120, monitoring"),
        ESKETAMINE.replace("{monitoring", "{checkpoints_minutes: [30], monitoring"),
        "recovery.checkpoints_minutes: esketamine asks for blood pressure at 40 minutes",
    ),
    "esketamine's end has a blood pressure (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("{monitoring", "{criteria: [oriented, steady_gait], monitoring"),
        "recovery.criteria: esketamine asks for blood pressure before the end",
    ),
    "esketamine's form is due within a week (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("monitoring_form_days: 7", "monitoring_form_days: 8"),
        "recovery.monitoring_form_days: a form is due within 7 days",
    ),
    "esketamine's form is owed (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("monitoring_form_days: 7, ", ""),
        "recovery.monitoring_form_days: a form is due within 7 days",
    ),
    "esketamine's adverse events are reported (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("report_every_adverse_event: true", "report_every_adverse_event: false"),
        "recovery.report_every_adverse_event: esketamine asks for it",
    ),
    "esketamine has its prescriber on site (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("prescriber_on_site: true", "prescriber_on_site: false"),
        "predose.prescriber_on_site: esketamine asks for it",
    ),
    "esketamine asks what else is taken (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("medication_list: true", "medication_list: false"),
        "predose.concomitant_medication_list: esketamine asks for it",
    ),
    "esketamine enrols before (3.1)": (
        ESKETAMINE,
        ESKETAMINE.replace("enrolment_required: true", "enrolment_required: false"),
        "prescription.enrolment_required: esketamine asks for it",
    ),
    "effects clear within block and buffer (C-02)": (
        "dosing: {block_minutes: {default: 75}, overrun_buffer_minutes: 120}",
        "dosing: {block_minutes: {default: 75}, overrun_buffer_minutes: 119}",
        "dosing.overrun_buffer_minutes: SL-STD outlasts block and buffer by 1 minutes: write 120",
    ),
    "a short block with an injection (ruling 24)": (
        SHORT_BLOCK,
        SHORT_BLOCK.replace("80", "79"),
        "dosing.overrun_buffer_minutes: IM-STD outlasts block and buffer by 1 minutes: write 80",
    ),
    "a block is at least 60 minutes (ruling 24)": (
        "dosing: {block_minutes: {min: 60}}",
        "dosing: {block_minutes: {min: 59}}",
        "dosing.block_minutes.min: outside 60 to 180",
    ),
    "a block is at most 180 minutes (ruling 24)": (
        "dosing: {block_minutes: {max: 180}}",
        "dosing: {block_minutes: {max: 181}}",
        "dosing.block_minutes.max: outside 60 to 180",
    ),
    "the default block is within its limits": (
        "dosing: {block_minutes: {default: 150, max: 150}}",
        "dosing: {block_minutes: {default: 180, max: 150}}",
        "dosing.block_minutes.default: not between min 75 and max 150",
    ),
    "dosing is in the clinic (C-12)": (
        "dosing: {settings_allowed: [in_clinic]}",
        "dosing: {settings_allowed: [in_clinic, virtual]}",
        "dosing.settings_allowed: dosing is in the clinic only",
    ),
    "two people for a manual clearance (ruling 15)": (
        "recovery: {manual_clearance: {two_person: true}}",
        "recovery: {manual_clearance: {two_person: false}}",
        "recovery.manual_clearance.two_person: a manual clearance takes two",
    ),
    "gait is tested (F86)": (
        "recovery: {criteria: [oriented, steady_gait]}",
        "recovery: {criteria: [oriented, nausea_minimal]}",
        "recovery.criteria: lacks steady_gait",
    ),
    "somebody may clear": (
        "recovery: {clearance_roles: [nurse]}",
        "recovery: {clearance_roles: []}",
        "recovery.clearance_roles: is empty",
    ),
    "a mark is out of ten": (
        "recovery: {score: {pass: 10}}",
        "recovery: {score: {pass: 11}}",
        "recovery.score.pass: is a mark out of 10",
    ),
    "both consents are signed (F39, F44)": (
        "consent: {required_scopes: [aftercare_agreement, treatment]}",
        "consent: {required_scopes: [treatment]}",
        "consent.required_scopes: lacks aftercare_agreement",
    ),
    "clients are adults": (
        "screening: {min_age: 18}",
        "screening: {min_age: 16}",
        "screening.min_age: clients are adults",
    ),
    "no finding is graded looser (C-06)": (
        "screening: {grades: {bipolar_dx: absolute}}",
        "screening: {grades: {mania_current: relative}}",
        "screening.grades.mania_current: may not be looser",
    ),
    "an absolute finding stays absolute (C-06)": (
        "screening: {grades: {mania_current: absolute}}",
        "screening: {grades: {mania_current: relative}}",
        "screening.grades.mania_current: may not be looser",
    ),
    "a review by session six (C-04)": (
        "course: {review_every: 6}",
        "course: {review_every: 7}",
        "course.review_every: a review is due by session 6",
    ),
    "two doses in seven days (INV-16)": (
        "dosing: {max_in_7_days: 2}",
        "dosing: {max_in_7_days: 3}",
        "dosing.max_in_7_days: at most two",
    ),
    "something is treated": (
        "course: {indications: [ptsd]}",
        "course: {indications: []}",
        "course.indications: is empty",
    ),
    "an allowed dose holds five minutes (ruling 12)": (
        "dosing: {gate_validity_minutes: 5}",
        "dosing: {gate_validity_minutes: 6}",
        "dosing.gate_validity_minutes: an allowed dose holds 5",
    ),
    "review comes before hold": (
        "predose: {bp_review: {sys: 160, dia: 100}}",
        "predose: {bp_review: {sys: 161, dia: 90}}",
        "predose.bp_review: is above bp_hold",
    ),
    "a range rises": (
        "predose: {hr_range: [50, 51]}",
        "predose: {hr_range: [50, 50]}",
        "predose.hr_range: must be [lowest, highest]",
    ),
    "saturation is a percentage": (
        "predose: {spo2_min: 100}",
        "predose: {spo2_min: 101}",
        "predose.spo2_min: is a percentage",
    ),
    "somebody may give the medicine (F34)": (
        "administering_roles: [nurse]",
        "administering_roles: []",
        "administering_roles: is empty",
    ),
    "six months of a prescription": (
        "prescription: {max_months: 6}",
        "prescription: {max_months: 7}",
        "prescription.max_months: six months at most",
    ),
    "five refills": (
        "prescription: {max_refills: 5}",
        "prescription: {max_refills: 6}",
        "prescription.max_refills: five refills at most",
    ),
    "a ceiling is an amount": (
        "routes_enabled: [SL]\nprescription: {ceilings: {SL: {amount: 0.5}}}",
        "routes_enabled: [SL]\nprescription: {ceilings: {SL: {amount: 0}}}",
        "prescription.ceilings.SL: must be above 0",
    ),
    "a profile's times rise": (
        OWN_PROFILE,
        OWN_PROFILE.replace("150", "80"),
        "timing_profiles.SL-OWN: must rise",
    ),
    "a profile's times may fall together": (
        OWN_PROFILE.replace("60", "15").replace("90", "15").replace("150", "15"),
        OWN_PROFILE.replace("60", "14"),
        "timing_profiles.SL-OWN: must rise",
    ),
    "a profile's code has its form": (
        OWN_PROFILE.replace("SL-OWN", "TP6"),
        OWN_PROFILE.replace("SL-OWN", "lozenge"),
        "timing_profiles.lozenge: is no profile code",
    ),
    "typical preparation is not below the minimum": (
        "prep: {min_sessions: 3, typical_max: 3}",
        "prep: {min_sessions: 4, typical_max: 3}",
        "prep.typical_max: is below min_sessions",
    ),
    "numbers are not negative": (
        "aftercare: {integration_between_doses: 0}",
        "aftercare: {integration_between_doses: -1}",
        "aftercare.integration_between_doses: is below zero",
    ),
}
