"""The globals of the contract in `web/templates/README.md`, and its filters over a clock that stands still."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from web.formats import Formats, locale_of
from web.icons import icon_svg

NOW = datetime(2026, 3, 12, 9, 41, tzinfo=UTC)

_FORMATS = Formats(locale_of("en_GB"), ZoneInfo("Europe/London"), lambda: NOW, "GBP")


def asset(path: str) -> str:
    """Where a file of `web/static` (weft/…) or of a package (vendor/…) is served."""
    return f"/static/{path}"


def csrf_input() -> Markup:
    """The hidden input that every form with POST carries."""
    return Markup('<input type="hidden" name="_csrf_token" value="design">')


def may(permission: str) -> bool:
    """The person of the design page may do everything."""
    return bool(permission)


def slot(name: str) -> Markup:
    """A panel that a plugin could have put into a page."""
    return Markup('<p class="wf-quiet wf-small">Panels of plugins appear here (<code>{}</code>).</p>').format(name)


FILTERS = _FORMATS.filters
GLOBALS = {"asset": asset, "csrf_input": csrf_input, "icon_svg": icon_svg, "may": may, "slot": slot}
