"""Whether the web server's address is free, asked before anything else is started."""

import errno
import socket


class PortInUseError(Exception):
    """The address for the web server cannot be used; the text says what to do."""


def ensure_port_free(host: str, port: int) -> None:
    """Raise PortInUseError, which names the variable to change, unless a server could listen there now."""
    if not 0 < port < 65536:
        raise PortInUseError(f"{port} is no port. Set WEFT_PORT to a number between 1 and 65535, such as 8000.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as candidate:
            # As servers do, so that connections which are only winding down do not count.
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind(address)
            candidate.listen(1)
    except OSError as error:
        raise PortInUseError(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    # Failures to resolve a name have numbers of their own.
    code = None if isinstance(error, socket.gaierror) else error.errno
    if code == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program. Stop that program, or choose another port: WEFT_PORT={port + 1}."
    if code == errno.EACCES:
        return f"Port {port} needs root on this machine. Choose one above 1023: WEFT_PORT=8000."
    return f"Weft cannot listen at {host}, port {port} ({error}). Correct WEFT_HOST and WEFT_PORT."
