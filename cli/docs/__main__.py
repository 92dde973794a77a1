"""``python -m cli.docs access|events|facts``: write the page anew; ``--check`` only compares."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from cli.docs import access, events, facts

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "access": access.page,
    "events": events.page,
    "facts": facts.page,
}
EVENTS_PAGE: Final = DOCS / "events.md"
USAGE: Final = "usage: python -m cli.docs access|events|facts [--check]"


def main(words: list[str], target: Path | None = None) -> int:
    """Exit code: 0 written or equal, 1 differs, 2 usage."""
    match words:
        case [name] if name in PAGES:
            (target or DOCS / f"{name}.md").write_text(PAGES[name](), encoding="utf-8")
            return 0
        case [name, "--check"] if name in PAGES:
            file = target or DOCS / f"{name}.md"
            if file.exists() and file.read_text(encoding="utf-8") == PAGES[name]():
                return 0
            print(f"{file.name} is not what the code says: run python -m cli.docs {name}")
            return 1
    print(USAGE, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
