"""The browser that page tests look through: Debian's, installed where that is ours to do.

The one without windows comes first: it shows the same pages for two thirds of the work.
"""

import os
import shutil
import subprocess
from typing import Final

from cli.trouble import Trouble

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGES: Final = ("chromium-headless-shell", "chromium")


def chromium() -> str:
    """Where the browser is; installs Debian's package as root, else says how to."""
    found = _found()
    if found is not None:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("careteam: installing Chromium for the browser tests", flush=True)
        _apt("update")
        for package in PACKAGES:
            found = found or _installed(package)
    if found is None:
        raise Trouble(
            "the browser tests need Chromium: `apt-get install chromium-headless-shell`,"
            " or leave them out with `careteam test fast`"
        )
    return found


def _installed(package: str) -> str | None:
    _apt("install", "--yes", "--no-install-recommends", package, "fonts-dejavu-core")
    return _found()


def _found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _apt(*words: str) -> None:
    subprocess.run(
        ["apt-get", "--quiet", "--quiet", *words],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
