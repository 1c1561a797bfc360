"""What stands around every page of a tenant: who is here, where they can go."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.auth import permissions as core_permissions
from core.plugins.registry import Registry
from web.door import Door
from weft.permissions import Permission
from weft.ui import MenuItem

OVERVIEW = (("Dashboard", "/", "layout-dashboard", "d"),)


@dataclass(frozen=True, slots=True)
class CoreItem:
    """An entry of the navigation that the platform itself brings."""

    title: str
    path: str
    icon: str
    permission: Permission
    shortcut: str = ""


ADMINISTRATION = (
    CoreItem("Imports", "/imports", "file-import", core_permissions.IMPORT, "i"),
    CoreItem("Jobs", "/jobs", "clock-play", core_permissions.JOBS, "j"),
    CoreItem("People and roles", "/people", "users-group", core_permissions.PEOPLE, "u"),
    CoreItem("Modules", "/modules", "puzzle", core_permissions.MODULES, "m"),
    CoreItem("Audit log", "/audit", "history", core_permissions.AUDIT, "a"),
    CoreItem("Settings", "/settings", "settings", core_permissions.SETTINGS, "s"),
)


def shell_of(door: Door, navigation: "Navigation", path: str, *, folded: bool = False) -> dict[str, Any]:
    """Return the `shell` object of the templates' contract for a page at `path`; who asks may add other businesses and what is unread."""
    record, access = door.record, door.access
    assert record is not None
    assert access is not None
    person, enabled, base_url = access.person, record.enabled, door.runtime.settings.base_url
    active = navigation.active(enabled, access.permissions, path)
    return {
        "tenant": {
            "name": record.name,
            "slug": record.slug,
            "logo_url": f"/files/{record.logo}?size=thumb" if record.logo else None,
            "url": "/",
        },
        "tenants": [{"name": record.name, "url": "/", "current": True}],
        "sign_up_url": f"{base_url}/sign-up",
        "person": {
            "name": person.name if person else access.token_name,
            "email": person.email if person else "",
            "initials": initials(person.name if person else "T"),
        },
        "navigation": navigation.shown(enabled, access.permissions, active),
        "active": active,
        "theme": access.theme,
        "path": path,
        "folded": folded,
        "unread": 0,
        "help_url": "/help",
    }


async def businesses_of(door: Door) -> list[dict[str, Any]]:
    """Return the businesses that the person at the door can switch to, this one marked; asks the database only when one has changed."""
    assert door.record is not None
    if door.person_id is None:
        return [{"name": door.record.name, "url": "/", "current": True}]
    settings, here = door.runtime.settings, door.record
    places = await door.runtime.places.of(door.person_id)
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

    def active(self, enabled: frozenset[str], permissions: frozenset[str] | None, path: str) -> str:
        """Return the path of the entry that a page belongs to: the longest that fits."""
        paths = [entry[1] for _, entries in self.sections(enabled, permissions) for entry in entries]
        return max((each for each in paths if path == each or (each != "/" and path.startswith(f"{each}/"))), key=len, default="")

    def shown(self, enabled: frozenset[str], permissions: frozenset[str] | None, active: str) -> list[dict[str, Any]]:
        """Return the sections as the templates' contract has them."""
        return [
            {"title": title, "items": [_entry(*entry, active=entry[1] == active) for entry in entries]}
            for title, entries in self.sections(enabled, permissions)
        ]

    def _sections(self, enabled: frozenset[str], permissions: frozenset[str] | None) -> Sections:
        def allowed(name: str) -> bool:
            return permissions is None or name in permissions

        found: dict[str, list[Entry]] = {"": list(OVERVIEW)}
        for item in self._registry.menu(enabled):
            if allowed(item.permission.name):
                found.setdefault(_section(self._registry, item), []).append((item.title, item.path, item.icon, item.shortcut))
        found["Administration"] = [
            (each.title, each.path, each.icon, each.shortcut) for each in ADMINISTRATION if allowed(each.permission.name)
        ]
        return tuple((title, tuple(entries)) for title, entries in found.items() if entries)


def _entry(title: str, path: str, icon: str, shortcut: str, *, active: bool) -> dict[str, Any]:
    return {"title": title, "path": path, "icon": icon, "active": active, "badge": None, "shortcut": shortcut or None}


def _section(registry: Registry, item: MenuItem) -> str:
    return item.section or registry.plugins[registry.owner_of("menu", item)].title


def initials(name: str) -> str:
    """Return at most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)) or "?"
