"""Servers for one benchmark alone: on the disk and with every safety on, unlike those of tests."""

import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from core.plugins.registry import Registry
from infra.laboratory.installation import Installation, installed
from infra.laboratory.servers import ServerUrls
from infra.servers.postgres import EmbeddedPostgres
from infra.servers.redis import EmbeddedRedis


@contextmanager
def servers() -> Iterator[ServerUrls]:
    """Start both servers, and throw them away afterwards; raises `ServerError`."""
    with tempfile.TemporaryDirectory(prefix="weft-bench-") as folder:
        Path(folder).chmod(0o711)  # as root, PostgreSQL runs as another account
        postgres = EmbeddedPostgres(Path(folder) / "postgres", say=lambda _: None)
        redis = EmbeddedRedis(Path(folder) / "redis", say=lambda _: None)
        address = postgres.start()
        try:
            yield ServerUrls(lambda database: address.dsn("postgres", database), redis.start())
        finally:
            redis.stop()
            postgres.discard()


@asynccontextmanager
async def ground(registry: Registry, *, pool_size: int = 8) -> AsyncIterator[Installation]:
    """Yield a Weft on servers of its own; it tells warnings only."""
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with servers() as urls, tempfile.TemporaryDirectory() as files:
        async with installed(urls, registry, Path(files), pool_size=pool_size) as made:
            yield made
