"""What no text, subject or sender of ours may say: a phone on a kitchen table tells nobody why its
owner was here (clinical.md 4). Words of drugs, diagnoses, specialties and programmes, in every
language that we write.
"""

import re
from typing import Final

_DENIED: Final = re.compile(
    r"""
      k[ea]tamin | ketalar | spravato | esketamin | \bka[pt]\b | ketanest
    | lozenge | troche | pastilla | inyecc | injection | infusi[oó]n | sublingual | intraven
    | \bdos(e|es|is|ing|ed|age)\b | \bdosificaci | m[eé]dic | overdos | sobredosis
    | prescri | \brecet | \bdrug | \bdrog | f[aá]rmac | pharma | \bmg\b | nasal
    | \bpills?\b | p[ií]ldora | \btablet | sedati | anesth | anest[eé]s
    | psyche | psico | psych[io] | psiqui | psiki | mental | therap | terap | counsel | consejer
    | prescriber | psychiatr | doctor | \bdr\. | nurse | enfermer | clinician | cl[ií]nic
    | depress | depresi | anxi | ansied | ptsd | tept | trauma | bipolar | \b(h[iy]po)?man[ií](a|c)
    | hallucin | alucina | schizo | esquizo
    | \bocd\b | \btoc\b
    | suicid | addict | adicc | substance | sustancia | alcohol | \bpain\b | dolor | mood
    | [aá]nimo | diagnos | disorder | trastorno | treatment | tratamiento | program | patient
    | paciente | session | sesi[oó]n | integration | integraci[oó]n | recover | symptom | s[ií]ntoma
    """,
    re.IGNORECASE | re.VERBOSE,
)


def indiscretion(text: str) -> str | None:
    """The first word that gives something away, or None."""
    found = _DENIED.search(text)
    return None if found is None else found.group()
