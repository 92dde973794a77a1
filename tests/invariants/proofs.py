"""Where each of the forty invariants is shown."""

from collections.abc import Mapping
from typing import Final

from tests.invariants.at_the_dose import AT_THE_DOSE
from tests.invariants.at_the_start import AT_THE_START
from tests.invariants.of_the_whole import OF_THE_WHOLE
from tests.invariants.shown import Shown
from tests.invariants.until_at_home import UNTIL_AT_HOME

INVARIANTS: Final[Mapping[int, Shown]] = {
    **AT_THE_START,
    **AT_THE_DOSE,
    **UNTIL_AT_HOME,
    **OF_THE_WHOLE,
}
