"""Does every known plugin work with this version of the face? Its rules and its own tests, one row for each."""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from packaging.specifiers import SpecifierSet

from core.plugins.registry import Registry
from core.rules.check import Report
from infra.laboratory.trials import check_code
from weft import Plugin

LONGEST = 1800  # seconds for the tests of one plugin
NOTHING = 5  # what pytest returns where it found no test


@dataclass(frozen=True, slots=True)
class Fit:
    """How one plugin fits: `tests` is passed, failed or none; `told` is what pytest says last, or what is wrong."""

    key: str
    version: str
    vendor: str
    broken: tuple[str, ...]  # rules
    missing: tuple[str, ...]  # plugins it requires that are not here in such a version
    tests: str
    told: str

    @property
    def ok(self) -> bool:
        """Whether it works."""
        return not self.broken and not self.missing and self.tests != "failed"


async def matrix(registry: Registry, projects: Mapping[str, Path], keys: Iterable[str] = ()) -> list[Fit]:
    """Return how plugins fit, all or some; `projects` names folders whose tests are run instead of those beside the package."""
    wanted = list(keys) or list(registry.plugins)
    reports = await check_code(registry, wanted)
    return [_fit(registry.plugins[report.key], registry, report, projects.get(report.key)) for report in reports]


def tests_of(plugin: Plugin) -> Path | None:
    """Return the folder of a plugin's tests: inside its package, or beside it as in its repository; none where it came as a wheel."""
    package = type(plugin).__module__.rpartition(".")[0] or type(plugin).__module__
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    home = Path(spec.origin).parent
    beside = home.parent / "tests"
    if (home / "tests").is_dir():
        return home / "tests"
    return beside if beside.is_dir() and (home.parent / "pyproject.toml").is_file() else None


def _fit(plugin: Plugin, registry: Registry, report: Report, project: Path | None) -> Fit:
    missing = tuple(
        f"{key} {wanted}"
        for key, wanted in plugin.requires.items()
        if key not in registry.plugins or not SpecifierSet(wanted).contains(registry.plugins[key].version, prereleases=True)
    )
    folder = project or tests_of(plugin)
    state, told = _tested(folder) if folder else ("none", "There are no tests beside it: name its project with --project.")
    broken = tuple(dict.fromkeys(finding.rule for finding in report.findings))
    return Fit(plugin.key, plugin.version, plugin.vendor or "Weft", broken, missing, state, told)


def _tested(folder: Path) -> tuple[str, str]:
    """Run a plugin's tests in a process of their own."""
    words: Sequence[str] = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", str(folder)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return "failed", f"They take longer than {LONGEST} s."
    last = next((line.strip() for line in reversed(done.stdout.splitlines()) if line.strip()), done.stderr.strip()[-200:])
    if done.returncode == NOTHING:
        return "none", "There are no tests in its folder."
    return ("passed" if done.returncode == 0 else "failed"), last
