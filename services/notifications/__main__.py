"""``python -m services.notifications [serve|migrate|openapi]``."""

import sys

from services.notifications.app import DEFINITION
from shared.web.process import main

if __name__ == "__main__":
    sys.exit(main(DEFINITION, sys.argv[1:]))
