"""What documents tell people to run, taken from there."""

import re
from pathlib import Path
from typing import Any

_INTEGRATORS = Path(__file__).parents[2] / "docs" / "integrators.md"


def documented(function: str) -> Any:
    """The one function of this name that ``docs/integrators.md`` shows."""
    blocks = re.findall(r"```python\n(.*?)```", _INTEGRATORS.read_text(), re.DOTALL)
    [example] = [block for block in blocks if f"def {function}(" in block]
    names: dict[str, Any] = {}
    exec(compile(example, _INTEGRATORS.name, "exec"), names)  # noqa: S102 - our own document
    return names[function]
