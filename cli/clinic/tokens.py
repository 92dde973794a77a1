"""The demo people of a sandbox clinic and their bearer tokens: random, kept from start to start."""

import json
import re
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from cli.clinic.secrets import write_private
from cli.trouble import Trouble

_DEMO_PEOPLE: Final = (
    ("therapist", "Mara Lindqvist"),
    ("therapist", "Tomas Adeyemi"),
    ("prescriber", "Dr. Ines Kowalczyk"),
    ("prescriber", "Dr. Felix Moreau"),
    ("nurse", "Jonah Pereira"),
    ("front_desk", "Priya Haddad"),
    ("on_call", "Dr. Samuel Okoro"),
    ("operator", "Lena Fischer"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Someone who may sign in: on the pages with login and password, as a program with the token.

    A password is known once, to whoever started the clinic for the first time; nothing keeps it.
    """

    role: str
    ref: str
    name: str
    token: str
    login: str = ""
    password: str = ""


def login_of(name: str) -> str:
    """What somebody of this name types to sign in: ``Dr. Ines Kowalczyk`` is ``ines.kowalczyk``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(word for word in re.findall(r"[a-z]+", plain) if word != "dr")


def sign_ins(file: Path) -> list[SignIn]:
    """The demo people of this clinic; made at the first start."""
    if not file.exists():
        made = {
            secrets.token_urlsafe(32): {"role": role, "ref": str(uuid4()), "name": name}
            for role, name in _DEMO_PEOPLE
        }
        write_private(file, json.dumps(made, indent=2) + "\n")
    try:
        kept = json.loads(file.read_text())
        return [
            SignIn(token=token, login=login_of(person["name"]), **person)
            for token, person in kept.items()
        ]
    except (ValueError, TypeError, AttributeError, KeyError) as damage:
        raise Trouble(f"{file} is damaged ({damage}): remove it to get new sign-ins") from damage
