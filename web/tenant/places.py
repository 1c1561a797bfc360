"""Pages that search and the command palette find by their names, beside records."""

from dataclasses import dataclass

from core.auth.permissions import IMPORT, JOBS, PEOPLE, SETTINGS, TOKENS
from core.tenancy.tenant import LiveTenant
from web.shell import Navigation
from weft.permissions import Permission


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page whose name fits, as `weft.search.Hit` with an icon of its own; `menu` when the navigation shows it anyway."""

    title: str
    subtitle: str
    url: str
    icon: str
    menu: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A page that is not in the navigation; `words` are others that people look for it by."""

    title: str
    path: str
    icon: str
    permission: Permission | None = None
    words: str = ""


PLACES = (
    Place("Import a file", "/imports/new", "file-import", IMPORT, "upload csv excel spreadsheet vcard"),
    Place("Invite people", "/people/invite", "user-plus", PEOPLE, "add user colleague member"),
    Place("Roles", "/people/roles", "shield-check", PEOPLE, "permissions rights access"),
    Place("New role", "/people/roles/new", "shield-plus", PEOPLE, "permissions"),
    Place("API tokens", "/people/tokens", "key", TOKENS, "programs keys developers"),
    Place("New API token", "/people/tokens/new", "key", TOKENS, "programs keys developers"),
    Place("Failed jobs", "/jobs?tab=failed", "alert-triangle", JOBS, "errors retry"),
    Place("Schedules", "/jobs/schedules", "calendar-time", JOBS, "clock cron nightly"),
    Place("Printed documents", "/settings/papers", "file-type-pdf", SETTINGS, "invoice letterhead colour footer layout pdf"),
    Place("Time zone, currency, logo", "/settings", "settings", SETTINGS, "language country company"),
    Place("Arrange the dashboard", "/?arrange=yes", "layout-grid", None, "cards widgets hide"),
    Place("Notifications", "/notifications", "bell", None, "news inbox"),
    Place("Your account", "/person", "user", None, "profile password e-mail theme sign-ins devices"),
    Place("Help", "/help", "help", None, "about version keys shortcuts support"),
)


def fits(asked: str, *texts: str) -> bool:
    """Tell whether every word that was asked for begins a word of some text."""
    words = [word.strip("(),.:;“”").casefold() for text in texts for word in text.replace("-", " ").split()]
    return all(any(word.startswith(part) for word in words) for part in asked.casefold().replace("-", " ").split())


def find_pages(tenant: LiveTenant, navigation: Navigation, asked: str) -> list[PageHit]:
    """Return the pages that who acts may open and whose names fit, those of the navigation first."""
    permissions, enabled = tenant.actor.permissions, tenant.catalogue_entry.enabled
    found = [
        PageHit(title, section, path, icon, menu=True)
        for section, entries in navigation.sections(enabled, permissions)
        for title, path, icon, *_ in entries
        if fits(asked, title)
    ]
    found += [
        PageHit(each.title, "", each.path, each.icon)
        for each in PLACES
        if fits(asked, each.title, each.words) and (each.permission is None or tenant.may(each.permission))
    ]
    if tenant.may(SETTINGS):
        found += [
            PageHit(f"{plugin.title} settings", "Settings", f"/settings/{key}", "settings")
            for key, plugin in tenant.house.registry.plugins.items()
            if tenant.has(key) and plugin.settings() and fits(asked, plugin.title, "settings")
        ]
    return found
