"""``python -m services.notifications [serve|migrate|openapi]``."""

import sys

from services.notifications.app import from_environment
from shared.web.process import main

if __name__ == "__main__":
    sys.exit(main(from_environment, sys.argv[1:]))
