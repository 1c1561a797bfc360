"""What can go wrong with a server, told in sentences for the person who starts Weft."""


class ServerError(Exception):
    """A server cannot be used; the text says what happened and what to do."""


class AlreadyRunningError(ServerError):
    """Another process holds the data folder; `pid` is that process, or None when it left no trace."""

    def __init__(self, folder: object, pid: int | None) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(
            f"Weft already runs on the data in {folder}, as {holder}. Stop that one first, or set WEFT_DATA_DIR to another folder."
        )
        self.pid = pid


def unusable(server: str, folder: object, variable: str, error: OSError) -> ServerError:
    """Return the error for a folder that the operating system refuses to do something with."""
    return ServerError(
        f"The embedded {server} cannot use {folder} ({error}). Set WEFT_DATA_DIR to a folder of your own on a local disk, "
        f"or {variable} to a server of your own."
    )
