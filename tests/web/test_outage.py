"""While the database is away, people and programs are told so, and to come back."""

from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx

from core.plugins.registry import Registry
from infra.testing import ServerUrls, installed
from tests.tenants.plugins import Made
from web.site import Site

HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json; charset=utf-8"
ASKED = (("acme.weft.test", "/", HTML), ("acme.weft.test", "/api/v1/lists/contacts.parties", PROBLEM), ("weft.test", "/mailbox", HTML))


async def test_an_outage_is_a_503_with_the_policy_and_a_time_to_come_back(weft_servers: ServerUrls, tmp_path: Path) -> None:
    registry = Registry([Made("stock")])
    async with installed(weft_servers, registry, tmp_path) as installation:
        database = urlsplit(installation.superuser_url).path.removeprefix("/")
        admin = await asyncpg.connect(weft_servers.postgres("postgres"))
        await admin.execute(f"ALTER DATABASE {database} CONNECTION LIMIT 0")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database)
        site = Site(installation.settings, registry, installation.runtime)
        transport = httpx.ASGITransport(site, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport) as anybody:
            answers = [(kind, await anybody.get(f"http://{host}{path}")) for host, path, kind in ASKED]
            await admin.execute(f"ALTER DATABASE {database} CONNECTION LIMIT -1")
            assert (await anybody.get("http://weft.test/mailbox")).status_code != 503
        await admin.close()
    for kind, answer in answers:
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["content-type"] == kind
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "what was saved before is safe" in answer.text
