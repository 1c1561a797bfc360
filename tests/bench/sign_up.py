"""From the press of “Create the business” to the first page of the new business, beside what the password's hash alone takes.

``python -m tests.bench.sign_up [TIMES]``. Real requests to the site, one after the other, with a spare waiting for each; the client is in
the same process, so its own time is in the figures too.
"""

import secrets
import sys
from time import perf_counter
from typing import Any

import httpx
import uvloop

from core.auth.passwords import hash_password
from core.plugins.registry import Registry
from infra.laboratory.installation import Installation
from tenants.operator import STARTERS
from tenants.spares import make_spare
from tests.bench.figures import Hold, p95, tell
from tests.bench.ground import ground
from web.site import Site

PASSWORD = "long quiet river stone"
TIMES = 20


class Newcomer:
    """A browser that keeps the cookies of each host to itself, at an address of its own: one network may not sign up without end."""

    def __init__(self, site: Site, number: int) -> None:
        app: Any = site
        transport = httpx.ASGITransport(app, client=(f"10.9.{number // 250}.{number % 250 + 1}", 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://weft.test", event_hooks={"request": [self._own_cookies]})

    async def _own_cookies(self, request: httpx.Request) -> None:
        own = [f"{each.name}={each.value}" for each in self.http.cookies.jar if each.domain == request.url.host]
        request.headers["cookie"] = "; ".join(own)

    async def sign_up(self) -> tuple[float, float]:
        """Return the seconds until the form was answered, and until the first page was there."""
        await self.http.get("/sign-up")
        token = next(each.value for each in self.http.cookies.jar if each.name == "weft_csrf")
        unique = secrets.token_hex(4)
        place = {"country": "GB", "currency": "GBP", "timezone": "Europe/London", "locale": "en_GB"}
        form = {"business": f"Bench {unique}", "slug": f"bench-{unique}", "name": "Ada Lovelace", "email": f"{unique}@bench.test", **place}
        started = perf_counter()
        answer = await self.http.post("/sign-up", data={**form, "password": PASSWORD}, headers={"x-csrftoken": token or ""})
        answered = perf_counter()
        while answer.status_code == 303:
            answer = await self.http.get(answer.url.join(answer.headers["location"]))
        done = perf_counter()
        if "Welcome to Weft, Ada" not in answer.text:
            raise RuntimeError(f"{answer.url}: {answer.status_code}")
        await self.http.aclose()
        return answered - started, done - started


async def measure(made: Installation, times: int) -> None:
    """Print the figures."""
    site = Site(made.settings, made.runtime.registry, made.runtime)
    starters = tuple(key for key in STARTERS if made.runtime.registry.get(key))
    signed, hashed = [], []
    for number in range(times + 1):
        await make_spare(made.provisioner, made.modules, starters)
        signed.append(await Newcomer(site, number).sign_up())
        started = perf_counter()
        await hash_password(PASSWORD)
        hashed.append(perf_counter() - started)
    del signed[0], hashed[0]  # templates are compiled, connections opened
    hold = Hold(0.25)
    for name, seconds, promised in (
        ("sign-up to first page, p95", [done for _, done in signed], hold),
        ("sign-up, the form alone, p95", [answered for answered, _ in signed], None),
        ("sign-up without the password's hash, p95", [done - alone for (_, done), alone in zip(signed, hashed, strict=True)], None),
    ):
        tell(name, p95(seconds), "s", baseline=p95(hashed), baseline_is="the password's hash", hold=promised)


async def main(times: int) -> None:
    """Measure on servers of its own."""
    async with ground(Registry.installed()) as made:
        await measure(made, times)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES))
