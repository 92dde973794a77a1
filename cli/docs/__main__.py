"""``python -m cli.docs events``: write ``docs/events.md`` anew; with ``--check`` only compare."""

import sys
from pathlib import Path
from typing import Final

from cli.docs.events import page

EVENTS_PAGE: Final = Path(__file__).parents[2] / "docs" / "events.md"
USAGE: Final = "usage: python -m cli.docs events [--check]"


def main(words: list[str], target: Path = EVENTS_PAGE) -> int:
    """Exit code: 0 written or equal, 1 differs, 2 usage."""
    if words == ["events"]:
        target.write_text(page(), encoding="utf-8")
        return 0
    if words == ["events", "--check"]:
        if target.exists() and target.read_text(encoding="utf-8") == page():
            return 0
        print(f"{target.name} differs from the catalogue: run python -m cli.docs events")
        return 1
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
