"""Values as pages show them: numbers and dates as the tenant's country writes them, words in the language of the pages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web.formats import Formats, locale_of

NOW = datetime(2026, 11, 22, 8, 41, 17, tzinfo=UTC)


def formats(locale: str, zone: str) -> Formats:
    return Formats(locale_of(locale), ZoneInfo(zone), lambda: NOW, "EUR")


@pytest.mark.parametrize(
    ("locale", "zone", "told"),
    [
        ("en_GB", "Europe/London", "22 Nov 2026, 08:41"),
        ("de_DE", "Europe/Berlin", "22.11.2026, 09:41"),
        ("en_US", "America/New_York", "Nov 22, 2026, 3:41\u202fAM"),
    ],
)
def test_a_moment_in_a_list_is_told_to_the_minute_on_the_tenants_clocks(locale: str, zone: str, told: str) -> None:
    assert formats(locale, zone).minute(NOW) == told


def test_how_long_ago_is_told_in_the_language_of_the_pages() -> None:
    german = formats("de_DE", "Europe/Berlin")
    assert german.ago(NOW - timedelta(minutes=3)) == "3 minutes ago"
    assert german.ago(NOW - timedelta(days=30)) == "23.10.2026"
