"""Who gets through the front door, and what the others are told."""

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Visitors


async def test_the_dashboard_is_shown_to_a_member(client: Browser) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200, answer.text
    assert "Dashboard" in answer.text


async def test_a_stranger_is_sent_to_sign_in_and_back(visitors: Visitors, tenant: LiveTenant) -> None:
    answer = await visitors.visit(tenant).get("/people?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://weft.test/open/{tenant.slug}?next=%2Fpeople%3Fx%3D1"


async def test_an_unknown_business_is_a_friendly_404(visitors: Visitors, tenant: LiveTenant) -> None:
    answer = await visitors.visit(tenant).get("/", headers={"host": "nobody.weft.test"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "No business has this address" in answer.text
