"""Runs a server that refuses root as a user without rights.

PostgreSQL will not start as root. When `careteam` is run by root (a container, a fresh machine), it
is started through ``setpriv`` as an unprivileged user. That user may be unable to enter the folders
above the program or above its data (``mktemp -d`` makes them 0700, ``/root`` is closed), and moving
either is not ours to decide. So in that case alone it keeps one capability, to read and enter
folders; every other one leaves even the bounding set, and ``no_new_privs`` closes the way back.

PostgreSQL looks for its own programs with access(2), which ignores the capabilities of a user that
is not root, unless the ``no_setuid_fixup`` bit is set: hence that bit.
"""

import os
import pwd
import shutil
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.trouble import Trouble

_CANDIDATES: Final = ("postgres", "nobody")
_CAPABILITIES: Final = {"dac_read_search": 2, "dac_override": 1}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a server runs as, and the words before its command that make it so."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, path: Path) -> None:
        """Give a path to this user. Nothing to do when it is ours already."""
        found = path.lstat()
        if (found.st_uid, found.st_gid) != (self.uid, self.gid):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def command(self, words: Sequence[str]) -> list[str]:
        return [*self.prefix, *words]


def unprivileged(must_enter: Iterable[Path], *, parent_death_signal: str = "INT") -> Identity:
    """This user; or, for root, a user without rights that can enter ``must_enter``."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Trouble(
            "PostgreSQL refuses to run as root and `setpriv` is missing: "
            "install util-linux, or run careteam as another user"
        )
    user = _user_without_rights()
    prefix = [
        setpriv,
        *(f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"),
        *("--no-new-privs", f"--pdeathsig={parent_death_signal}"),
    ]
    if not all(_can_enter(path, user.pw_uid) for path in must_enter):
        kept = _capability_to_enter()
        prefix += [
            "--securebits=+no_setuid_fixup",
            f"--inh-caps=-all,+{kept}",
            f"--ambient-caps=-all,+{kept}",
            f"--bounding-set=-all,+{kept}",
        ]
    return Identity(user.pw_uid, user.pw_gid, (*prefix, "--"))


def _user_without_rights() -> pwd.struct_passwd:
    for name in _CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble("PostgreSQL refuses to run as root and there is no user `nobody`: add one")


def _can_enter(path: Path, uid: int) -> bool:
    """Whether a user of no group may enter every folder down to ``path``."""
    for folder in path.absolute().parents:
        found = folder.stat()
        needed = stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def _capability_to_enter() -> str:
    held = _effective_capabilities()
    for name, bit in _CAPABILITIES.items():
        if held >> bit & 1:
            return name
    raise Trouble(
        "an unprivileged PostgreSQL cannot enter this folder, and the capability to let it in is "
        "missing: run careteam as another user, or use --data in a folder that others may enter"
    )


def _effective_capabilities() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0
