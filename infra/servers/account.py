"""The unprivileged account that runs PostgreSQL when Weft runs as root, which PostgreSQL refuses to be."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.servers.errors import ServerError

_OWN_NAME = "weft"
_FALLBACKS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine, by name and numbers."""

    name: str
    user: int
    group: int

    def may_enter(self, folder: Path) -> bool:
        """Say whether the account can reach a folder through all its parents."""
        return self._succeeds('cd -- "$1"', folder)

    def may_run(self, program: Path) -> bool:
        """Say whether the account can reach and execute a program."""
        return self._succeeds('test -x "$1"', program)

    def works(self) -> bool:
        """Say whether this process can become the account at all, which small containers forbid."""
        return self._succeeds("true", Path("/"))

    def give(self, path: Path) -> None:
        """Make the account the owner of one file or folder of ours."""
        os.chown(path, self.user, self.group)

    def give_tree(self, folder: Path) -> None:
        """Make the account the owner of a folder of ours and all it holds, following no links."""
        for parent, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                os.chown(Path(parent, name), self.user, self.group, follow_symlinks=False)

    def _succeeds(self, script: str, path: Path) -> bool:
        # Asking as the account itself also sees access lists and mounts, which mode bits do not tell.
        command = ["/bin/sh", "-c", script, "sh", str(path)]
        try:
            return not subprocess.run(
                command, user=self.user, group=self.group, extra_groups=[], cwd="/", capture_output=True, check=False
            ).returncode
        except (OSError, subprocess.SubprocessError):
            return False


def current_account() -> Account:
    """Return who we are; raises ServerError for a user without a name, whom PostgreSQL cannot recognise."""
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ServerError(
            f"User {os.geteuid()}, who runs Weft, has no name on this machine, and PostgreSQL needs one. "
            "Add the user to /etc/passwd, or set WEFT_DATABASE_URL to a server of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def service_account() -> Account | None:
    """Return the account to run PostgreSQL as, made where needed, or None when we are not root; raises ServerError."""
    if os.geteuid() != 0:
        return None
    account = _named(_OWN_NAME) or _made()
    for candidate in (account, *map(_named, _FALLBACKS)):
        if candidate is not None and candidate.works():
            return candidate
    raise ServerError(
        "PostgreSQL refuses to run as root, and this machine lets us become nobody else. "
        "Start Weft as an ordinary user, or set WEFT_DATABASE_URL to a server of your own."
    )


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _made() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false")
    subprocess.run([useradd, *options, _OWN_NAME], capture_output=True, check=False)
    # Asked anew whatever useradd said: another start may have made it at the same moment.
    return _named(_OWN_NAME)
