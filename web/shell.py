"""What stands around every page of a tenant: who is here, where they can go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.auth import permissions as core_permissions
from core.auth.places import Place
from core.plugins.registry import Registry
from web.door import Door
from weft.permissions import Permission
from weft.ui import MenuItem

OVERVIEW = (("Dashboard", "/", "layout-dashboard", "d"),)
CHECKS = ("Checks", "/checks", "shield-check", "")  # where there are any for the reader
REPORTS = ("Reports", "/reports", "report-analytics", "r")  # where there are any for the reader


@dataclass(frozen=True, slots=True)
class CoreItem:
    """An entry of the navigation that the platform itself brings."""

    title: str
    path: str
    icon: str
    permission: Permission
    shortcut: str = ""


FEW = 24  # entries that a screen shows at once
ALWAYS_OPEN = ("", "Administration")  # unless the person closed it
PRESSED = re.compile(r"[+-][a-z0-9]{1,40}(\.[+-][a-z0-9]{1,40}){0,30}")
ADMINISTRATION = (
    CoreItem("Imports", "/imports", "file-import", core_permissions.IMPORT, "i"),
    CoreItem("Jobs", "/jobs", "clock-play", core_permissions.JOBS, "j"),
    CoreItem("People and roles", "/people", "users-group", core_permissions.PEOPLE, "u"),
    CoreItem("Modules", "/modules", "puzzle", core_permissions.MODULES, "m"),
    CoreItem("Webhooks", "/webhooks", "webhook", core_permissions.WEBHOOKS),
    CoreItem("Backups", "/backups", "database-export", core_permissions.BACKUPS),
    CoreItem("Audit log", "/audit", "history", core_permissions.AUDIT, "a"),
    CoreItem("Settings", "/settings", "settings", core_permissions.SETTINGS, "s"),
)


def shell_of(
    door: Door,
    navigation: "Navigation",
    active: str,
    *,
    folded: bool = False,
    pressed: str = "",
    unread: int = 0,
    places: Sequence[Place] = (),
) -> dict[str, Any]:
    """Return the `shell` object of the templates' contract for a page below the entry `active` of the navigation."""
    record, access = door.record, door.access
    assert record is not None
    assert access is not None
    person, enabled, base_url = access.person, record.enabled, door.runtime.settings.platform_url
    return {
        "tenant": {
            "name": record.name,
            "slug": record.slug,
            "logo_url": f"/files/{record.logo}?size=thumb" if record.logo else None,
            "url": "/",
        },
        "tenants": businesses_of(door, places),
        "sign_up_url": f"{base_url}/sign-up",
        "person": {
            "name": person.name if person else access.token_name,
            "email": person.email if person else "",
            "initials": initials(person.name if person else "T"),
        },
        "navigation": navigation.shown(enabled, access.permissions, active, pressed=pressed, all_open=folded),
        "active": active,
        "theme": access.theme,
        "folded": folded,
        "unread": unread,
        "help_url": "/help",
    }


def businesses_of(door: Door, places: Sequence[Place]) -> list[dict[str, Any]]:
    """Return the businesses that the person at the door can switch to, this one marked."""
    assert door.record is not None
    if not places:
        return [{"name": door.record.name, "url": "/", "current": True}]
    settings, here = door.runtime.settings, door.record
    return [
        {
            "name": place.name,
            "slug": place.slug,
            "url": "/" if place.tenant_id == here.id else settings.tenant_url(place.slug, "/"),
            "current": place.tenant_id == here.id,
            "logo_url": f"/files/{here.logo}?size=thumb" if place.tenant_id == here.id and here.logo else None,
        }
        for place in places
        if place.state == "active"
    ]


Entry = tuple[str, str, str, str]  # title, path, icon, shortcut
Sections = tuple[tuple[str, tuple[Entry, ...]], ...]


class Navigation:
    """The sections of the navigation, worked out once for everybody who sees the same."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.sections = lru_cache(maxsize=4096)(self._sections)
        self.entries = lru_cache(maxsize=4096)(self._entries)

    def active(self, enabled: frozenset[str], permissions: frozenset[str] | None, path: str) -> str:
        """Return the path of the entry that a page belongs to: the longest that fits."""
        for entry, below in self.entries(enabled, permissions):
            if path == entry or path.startswith(below):
                return entry
        return ""

    def shown(
        self, enabled: frozenset[str], permissions: frozenset[str] | None, active: str, *, pressed: str = "", all_open: bool = False
    ) -> list[dict[str, Any]]:
        """Return the sections as the templates' contract has them.

        Where there are many entries, modules are closed but for the one that the page is of; `pressed` is what the person opened and
        closed since, as the cookie has it: ``+sales.-accounting``.
        """
        sections = self.sections(enabled, permissions)
        few = sum(len(entries) for _, entries in sections) <= FEW
        choices = {each[1:]: each[0] == "+" for each in pressed.split(".")} if PRESSED.fullmatch(pressed) else {}
        found = []
        for title, entries in sections:
            key = section_key(title)
            here = any(path == active for _, path, _, _ in entries)
            is_open = all_open or here or choices.get(key, few or title in ALWAYS_OPEN)
            items = [_entry(*entry, active=entry[1] == active) for entry in entries]
            found.append({"title": title, "key": key, "open": is_open, "items": items})
        return found

    def _entries(self, enabled: frozenset[str], permissions: frozenset[str] | None) -> list[tuple[str, str]]:
        """Return every entry's path, longest first, with what paths below it begin with."""
        paths = (entry[1] for _, entries in self.sections(enabled, permissions) for entry in entries)
        return [(path, f"{path}/") for path in sorted(paths, key=len, reverse=True)]

    def _sections(self, enabled: frozenset[str], permissions: frozenset[str] | None) -> Sections:
        def allowed(name: str) -> bool:
            return permissions is None or name in permissions

        found: dict[str, list[Entry]] = {"": list(OVERVIEW)}
        if any(allowed(report.permission.name) for report in self._registry.reports(enabled)):
            found[""].append(REPORTS)
        if any(allowed(check.permission.name) for check in self._registry.checks(enabled)):
            found[""].append(CHECKS)
        for item in self._registry.menu(enabled):
            if allowed(item.permission.name):
                found.setdefault(_section(self._registry, item), []).append((item.title, item.path, item.icon, item.shortcut))
        found["Administration"] = [
            (each.title, each.path, each.icon, each.shortcut) for each in ADMINISTRATION if allowed(each.permission.name)
        ]
        return tuple((title, tuple(entries)) for title, entries in found.items() if entries)


def section_key(title: str) -> str:
    """Return what a section is called in a cookie: letters and digits of its title."""
    return "".join(letter for letter in title.lower() if letter.isascii() and letter.isalnum())


def _entry(title: str, path: str, icon: str, shortcut: str, *, active: bool) -> dict[str, Any]:
    return {"title": title, "path": path, "icon": icon, "active": active, "badge": None, "shortcut": shortcut or None}


def _section(registry: Registry, item: MenuItem) -> str:
    return item.section or registry.plugins[registry.owner_of("menu", item)].title


def initials(name: str) -> str:
    """Return at most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)) or "?"
