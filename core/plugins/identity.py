"""Who a plugin says it is, checked before anything else is asked of it."""

import keyword
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from packaging.version import InvalidVersion, Version

from core.ending import ToldToEnd
from core.plugins.hooks import BrokenPlugin
from weft import Plugin

ENTRY_POINTS = "weft.plugins"
KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 30  # characters: with it begin the names of tables and indexes, of which PostgreSQL keeps 63 bytes
# The first parts of addresses that are the platform's own at a tenant's host, and names that mean the platform itself.
RESERVED = frozenset(
    (
        *("api", "static", "health", "metrics", "public", "enter", "open", "theme", "files", "lists", "search", "dashboard"),
        *("people", "roles", "modules", "settings", "jobs", "audit", "imports", "notifications", "person", "me", "about", "help"),
        *(
            "core",
            "platform",
            "weft",
            "vendor",
            "tokens",
            "terms",
            "privacy",
            "status",
            "start",
            "welcome",
            "reports",
            "checks",
            "webhooks",
            "backups",
        ),
    )
)


def announced() -> Iterator[Plugin]:
    """Yield every plugin that an installed package announces; raises `BrokenPlugin` for one that cannot be loaded."""
    for entry in entries():
        yield load(entry)


def entries() -> list[EntryPoint]:
    """Return what installed packages announce as plugins, by name."""
    return sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name)


def load(entry: EntryPoint) -> Plugin:
    """Import a plugin; raises `BrokenPlugin`."""
    try:
        plugin = entry.load()
    except ToldToEnd:
        raise
    except (Exception, SystemExit) as wrong:
        sentence = f"{_who(entry)} cannot be imported: {type(wrong).__name__}: {wrong}"
        raise BrokenPlugin(sentence, plugin=entry.name) from wrong
    if isinstance(plugin, type) and issubclass(plugin, Plugin):
        sentence = f"{_who(entry)} is a class: end the module with `plugin = {plugin.__name__}()` and name that."
        raise BrokenPlugin(sentence, plugin=entry.name)
    if not isinstance(plugin, Plugin):
        raise BrokenPlugin(f"{_who(entry)} is not an instance of weft.Plugin.", plugin=entry.name)
    check_identity(plugin)
    if plugin.key != entry.name:
        sentence = f"{_who(entry)} calls itself “{plugin.key}”: entry point and key must be one word."
        raise BrokenPlugin(sentence, plugin=entry.name, rule="key")
    return plugin


def check_identity(plugin: Plugin) -> None:
    """Raise `BrokenPlugin` unless a plugin has a key that fits, a title and a version (PEP 440)."""
    named = f"The plugin {type(plugin).__module__}.{type(plugin).__qualname__}"
    for attribute in ("key", "title", "version"):
        if not isinstance(value := getattr(plugin, attribute, None), str) or not value.strip():
            rule = attribute if attribute in ("key", "version") else "words"
            raise BrokenPlugin(f"{named} has no {attribute}: set it as text on the class.", plugin=_key(plugin), rule=rule)
    if problem := wrong_key(plugin.key):
        raise BrokenPlugin(f"{named}: {problem}", plugin=plugin.key, rule="key")
    try:
        Version(plugin.version)
    except InvalidVersion:
        sentence = f"{named} has the version “{plugin.version}”: write one as PEP 440 says, such as 1.0 or 2.1.3."
        raise BrokenPlugin(sentence, plugin=plugin.key, rule="version") from None


def _key(plugin: Plugin) -> str:
    return str(getattr(plugin, "key", "") or type(plugin).__name__)


def wrong_key(key: str) -> str:
    """Return why a word cannot be a plugin's key, in a sentence; empty when it can."""
    if not KEY.fullmatch(key) or len(key) > LONGEST:
        return f"the key “{key}” must be at most {LONGEST} small letters, digits and single underscores, beginning with a letter."
    if keyword.iskeyword(key) or keyword.issoftkeyword(key):
        return f"the key “{key}” is a word of Python: choose another."
    if key in RESERVED:
        return f"the key “{key}” is an address of the platform's own: choose another."
    return ""


def _who(entry: EntryPoint) -> str:
    package = f" of the package “{entry.dist.name}”" if entry.dist else ""
    return f"The plugin “{entry.name}”{package} ({entry.value})"
