"""The vendor's package, built into a wheel and installed where only its entry point can tell of it; a Weft that has found it."""

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from core.plugins.registry import Registry
from infra.testing import Installation, ServerUrls, installed
from tests.vendor.wheels import ACME, build, clean_copy, pip

collect_ignore = ["acme_loyalty"]  # its own tests run where it is installed: test_wheels.py


@pytest.fixture(scope="session")
def acme_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of the vendor's package."""
    source = clean_copy(ACME, tmp_path_factory.mktemp("source") / "acme")
    return build(source, tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="session")
def site_of_acme(acme_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which pip has installed the wheel."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-index", "--target", str(folder), str(acme_wheel))
    return folder


# What follows lives as long as this folder's tests, and stands in front of the fixtures of the same names: before and after, the
# vendor's package is not installed, and whatever other tests have made in this process knows nothing of it.


@pytest.fixture(scope="package")
def weft_registry(site_of_acme: Path) -> Iterator[Registry]:
    """Yield the plugins that are installed once the vendor's is among them."""
    sys.path.append(str(site_of_acme))
    importlib.invalidate_caches()
    try:
        yield Registry.installed()
    finally:
        sys.path.remove(str(site_of_acme))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def installation(
    weft_servers: ServerUrls, weft_registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """Yield a Weft that has found the vendor's package."""
    async with installed(weft_servers, weft_registry, tmp_path_factory.mktemp("vendor")) as made:
        yield made
