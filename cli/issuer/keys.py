"""The key that the issuer signs with: ES256, made once, in a file that only its owner reads."""

import json
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey

from cli.clinic.secrets import write_private

ALGORITHM: Final = "ES256"


def keep_issuer_key(file: Path) -> None:
    """Make the key where there is none."""
    if not file.exists():
        key = ECKey.generate_key("P-256", auto_kid=True)
        write_private(file, json.dumps(key.as_dict(private=True)) + "\n")


def signing_key(file: Path) -> ECKey:
    return ECKey.import_key(json.loads(file.read_bytes()))


def public_set(key: ECKey) -> dict[str, Any]:
    """What everybody may know of it, as a JSON Web Key Set."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}]}
