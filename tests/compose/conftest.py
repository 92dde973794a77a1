"""Containers are started only where that is asked for: they take minutes and an engine."""

import os

collect_ignore = [] if os.environ.get("CARETEAM_TEST_COMPOSE") == "1" else ["test_running.py"]
