"""``python -m careteam_contracts.samples``: write every sample anew."""

import json
from pathlib import Path

from careteam_contracts.catalogue import CATALOGUE
from careteam_contracts.samples import KINDS, Kind, file_name
from careteam_contracts.samples.generate import sample


def rendered(wire_type: str, kind: Kind) -> str:
    """The text of one sample's file."""
    model = CATALOGUE[wire_type].model
    made = sample(model.model_json_schema(), kind, wire_type)
    return json.dumps(made, indent=2) + "\n"


def main() -> None:
    """Write all files, and remove those of types that are no more."""
    folder = Path(__file__).parent
    for file in folder.glob("*.json"):
        file.unlink()
    for wire_type in CATALOGUE:
        for kind in KINDS:
            text = rendered(wire_type, kind)
            (folder / file_name(wire_type, kind)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
