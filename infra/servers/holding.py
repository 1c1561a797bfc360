"""One process at a time per data folder: a lock that the kernel lets go of when its holder dies."""

import contextlib
import fcntl
import os
from pathlib import Path

from infra.servers.errors import AlreadyRunningError, ServerError


class FolderLock:
    """Holds a data folder for this process; the file also names the holder, for the sentence others read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None
        self._holder = 0

    @property
    def is_ours(self) -> bool:
        """Say whether this very process took the lock, and not the one it was forked from."""
        return self._descriptor is not None and self._holder == os.getpid()

    def acquire(self) -> None:
        """Take the lock, or raise AlreadyRunningError; does nothing when it is ours already."""
        if self._descriptor is not None:
            return
        path = self._folder / "lock"
        try:
            # Python opens descriptors as not inheritable, so a server we start cannot keep the lock after us.
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ServerError(
                f"{path} cannot be written ({error.strerror}). Start Weft as the user this folder belongs to, "
                "or set WEFT_DATA_DIR to a folder of your own."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunningError(self._folder, int(holder) if holder.isdigit() else None) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor, self._holder = descriptor, os.getpid()

    def release(self) -> None:
        """Let go of the folder; does nothing when it is not ours."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)
        self._descriptor = None
