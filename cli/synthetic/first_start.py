"""The synthetic clinic is invented once: on the first start, wherever the clinic runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cli.clinic.folder import ClinicFolder
from cli.clinic.reach import reach
from cli.synthetic.population import populate

_NOTE: Final = "populated"
_BEGUN: Final = "begun"
_DONE: Final = "done"


async def populate_once(
    folder: ClinicFolder, clock_file: Path, tell: Callable[[str], None], *, empty: bool
) -> None:
    """A clinic whose first start was interrupted is left as it is, with the real time."""
    state = folder.notes().get(_NOTE)
    if state == _BEGUN:
        tell("the synthetic clinic was not finished last time; it is left as it is")
        _forget(clock_file)
    elif state is None and not empty:
        tell("inventing a synthetic clinic")
        folder.remember(**{_NOTE: _BEGUN})
        await populate(reach(folder.path), tell)
    folder.remember(**{_NOTE: _DONE})


def _forget(clock_file: Path) -> None:
    clock_file.unlink(missing_ok=True)
