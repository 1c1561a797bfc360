"""The shell's own pages."""

import pytest

from infra.testing import Browser


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
