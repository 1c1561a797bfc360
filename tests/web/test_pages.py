"""The shell's own pages."""

from infra.testing import Browser, Installation, Visitors
from core.tenancy.tenant import LiveTenant
import pytest


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/modules",
        "/settings",
        "/jobs",
        "/jobs?tab=failed",
        "/jobs?tab=waiting",
        "/jobs/schedules",
        "/notifications",
        "/search?q=xyz",
        "/?arrange=yes",
    ],
)
async def test_a_page_answers(client: Browser, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
