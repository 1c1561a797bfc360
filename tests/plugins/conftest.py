"""Where broken plugins are judged: the package that `weft plugin new` makes, with something changed, on one installation for all."""

import dataclasses
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.plugins.registry import Registry
from core.plugins.scaffold.make import new_plugin
from core.rules.check import Report, check
from core.rules.rule import Finding
from core.runtime import Runtime
from infra.laboratory.trials import TrialGround
from infra.testing import Installation
from tenants.modules import Modules
from tests.plugins.workshop import Edit, edited, installed
from web.views import environment_for

POINTS = {"shop": "weft_shop.plugin:plugin"}


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the files of a fresh plugin called shop, by their names in its package."""
    folder = tmp_path_factory.mktemp("fresh") / "shop"
    new_plugin("shop", folder)
    package = folder / "weft_shop"
    return {path.relative_to(package).as_posix(): path.read_text() for path in package.rglob("*") if path.is_file()}


@pytest.fixture
def judge(fresh: Mapping[str, str], tmp_path: Path) -> "object":
    """Return what holds the changed package to one rule that needs no database."""

    async def judged(rule: str, edits: Sequence[Edit]) -> list[Finding]:
        with installed(tmp_path, "weft_shop", edited(fresh, edits), POINTS):
            registry = Registry.installed()
            report = await check(registry.plugins["shop"], registry, environment_for(registry), None, only=[rule])
        return report.findings

    return judged


@asynccontextmanager
async def _with(installation: Installation, registry: Registry) -> AsyncIterator[TrialGround]:
    held = {each.name: getattr(installation.runtime, each.name) for each in dataclasses.fields(Runtime)}
    runtime = Runtime(**held | {"registry": registry})
    ground = TrialGround(dataclasses.replace(installation, runtime=runtime, modules=Modules(registry)))
    try:
        yield ground
    finally:
        await ground.close()


@pytest.fixture
def trial(fresh: Mapping[str, str], tmp_path: Path, installation: Installation) -> "object":
    """Return what tries the changed package in businesses, against one rule or all."""

    async def tried(edits: Sequence[Edit], *rules: str) -> Report:
        with installed(tmp_path, "weft_shop", edited(fresh, edits), POINTS):
            registry = Registry.installed()
            async with _with(installation, registry) as ground:
                return await check(registry.plugins["shop"], registry, environment_for(registry), ground, only=rules)

    return tried
