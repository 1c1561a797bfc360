"""What this plugin needs from outside: the printer of cards, where there is one (ACME_PRINTER, as host:port)."""

import asyncio
import os

from weft import HealthCheck, Unavailable


async def printer_answers() -> None:
    """Raise `Unavailable` while the printer takes no connection."""
    host, _, port = os.environ.get("ACME_PRINTER", "").rpartition(":")
    if not host:
        return
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError as wrong:
        raise Unavailable("The printer of loyalty cards does not answer: is it switched on?") from wrong
    writer.close()
    await writer.wait_closed()


PRINTER = HealthCheck("acme_loyalty.printer", printer_answers)
