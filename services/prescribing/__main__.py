"""``python -m services.prescribing [serve|migrate|openapi]``."""

import sys

from services.prescribing.app import DEFINITION
from shared.web.process import main

if __name__ == "__main__":
    sys.exit(main(DEFINITION, sys.argv[1:]))
