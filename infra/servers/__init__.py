"""The servers under Weft: embedded ones that it runs itself, or external ones that it checks."""

from infra.servers.checks import check_postgres, check_redis
from infra.servers.choose import RunningServers, Servers
from infra.servers.errors import AlreadyRunningError, ServerError
from infra.servers.postgres import EmbeddedPostgres, PostgresAddress
from infra.servers.redis import EmbeddedRedis

__all__ = [
    "AlreadyRunningError",
    "EmbeddedPostgres",
    "EmbeddedRedis",
    "PostgresAddress",
    "RunningServers",
    "ServerError",
    "Servers",
    "check_postgres",
    "check_redis",
]
