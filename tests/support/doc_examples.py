"""What documents tell people to run, taken from there."""

import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"


def follower() -> Callable[..., Coroutine[None, None, None]]:
    """The consumer of ``docs/integrators.md``."""
    page = (DOCS / "integrators.md").read_text()
    (example,) = re.findall(r"```python\n(import nats\n.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/integrators.md", "exec"), names)  # noqa: S102 - our own document
    found: Callable[..., Coroutine[None, None, None]] = names["follow"]
    return found
