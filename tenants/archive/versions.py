"""Whether an archive can be brought into an installation: what it was made with must be there, in the same version or a newer one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from tenants.archive.manifest import Manifest, Module


@dataclass(frozen=True, slots=True)
class Installed:
    """A module as it is installed here."""

    title: str
    version: str
    migrations: tuple[str, ...]  # in order


def obstacles(manifest: Manifest, installed: Mapping[str, Installed], steps: Sequence[str]) -> list[str]:
    """Return in sentences why an archive cannot be brought in; nothing when it can. `steps` are the files the platform's schema has run."""
    found = []
    if manifest.platform not in steps:
        found.append(f"It was made by a newer Weft, whose tables are at {manifest.platform}: install that version or a newer one first.")
    for module in manifest.modules:
        here = installed.get(module.key)
        if here is None:
            found.append(f"It needs the module “{module.key}” {module.version}, which is not installed here.")
        elif obstacle := _obstacle(module, here):
            found.append(obstacle)
    return found


def _obstacle(module: Module, here: Installed) -> str:
    newer = f"It was made with {here.title} {module.version}, and {here.version} is installed here: install {module.version} or newer."
    try:
        if module.version and Version(module.version) > Version(here.version):
            return newer
    except InvalidVersion:
        return f"It says that {here.title} had the version “{module.version[:40]}”, which is none."
    if module.migrations != here.migrations[: len(module.migrations)]:
        unknown = [each for each in module.migrations if each not in here.migrations]
        if unknown:
            return f"{newer} Its tables have seen {unknown[0][:80]!r}, which is not known here."
        return f"Its tables of {here.title} have seen other migrations than those installed here, or in another order."
    return ""
