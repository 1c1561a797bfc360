"""Whether servers of somebody else's will do: reachable, new enough, and with the rights Weft needs."""

import asyncio
import re
from typing import Literal
from urllib.parse import urlsplit

import asyncpg
import redis

from infra.servers.errors import ServerError
from infra.servers.redis_binary import OLDEST as OLDEST_REDIS

OLDEST_POSTGRES = 17

_CONNECT_SECONDS = 10
# What a login must be able to do: lay the ground (a role per tenant, and functions taken away from PUBLIC, which only
# their owner may do), or make tenants on ground that is laid, or only use what is there.
Rights = Literal["bootstrap", "tenants", "none"]

_CAN_MAKE_ROLES = "rolsuper OR rolcreaterole AND has_database_privilege(current_database(), 'CREATE')"
_OWNS_FUNCTIONS = "pg_has_role(current_user, (SELECT proowner FROM pg_proc WHERE oid = 'set_config'::regproc), 'MEMBER')"
_QUESTIONS = {
    "bootstrap": f"SELECT ({_CAN_MAKE_ROLES}) AND {_OWNS_FUNCTIONS} FROM pg_roles WHERE rolname = current_user",
    "tenants": f"SELECT {_CAN_MAKE_ROLES} FROM pg_roles WHERE rolname = current_user",
    "none": "SELECT true",
}
_REMEDIES = {
    "bootstrap": "It must be a superuser, because it takes functions away from PUBLIC so that tenants stay apart",
    "tenants": "It needs CREATEROLE, and CREATE on the database",
    "none": "",
}


def check_postgres(url: str, variable: str, rights: Rights = "bootstrap") -> str:
    """Return the version of the PostgreSQL at `url`, which the environment's `variable` holds.

    Raises ServerError when it cannot be reached, is older than 17, or its login lacks the rights. Call it outside an
    event loop, or in a thread.
    """
    return asyncio.run(_check_postgres(url, variable, rights))


async def _check_postgres(url: str, variable: str, rights: Rights) -> str:
    where = without_secrets(url)
    connection = await _connect(url, variable)
    try:
        version = str(connection.get_settings().server_version).split()[0]
        if connection.get_server_version().major < OLDEST_POSTGRES:
            raise ServerError(
                f"PostgreSQL at {where} is {version}, and Weft needs {OLDEST_POSTGRES} or newer. "
                f"Upgrade it, set {variable} to a newer one, or unset the variable to use the embedded server."
            )
        if not await connection.fetchval(_QUESTIONS[rights]):
            raise ServerError(
                f"The login at PostgreSQL {where} has too few rights. {_REMEDIES[rights]}: "
                f"grant it that, or set {variable} to another login."
            )
        return version
    finally:
        await connection.close(timeout=_CONNECT_SECONDS)


async def _connect(url: str, variable: str) -> "asyncpg.Connection[asyncpg.Record]":
    where = without_secrets(url)
    try:
        return await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
    except asyncpg.InvalidCatalogNameError as error:
        raise ServerError(f"PostgreSQL at {where} has no such database. Create it with CREATE DATABASE, or correct {variable}.") from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise ServerError(
            f"PostgreSQL at {where} refuses the login ({_reason(error)}). Correct the user or password in {variable}."
        ) from error
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ServerError(
            f"PostgreSQL at {where} cannot be reached ({_reason(error)}). Start it or correct {variable}, or unset "
            "the variable to use the embedded server."
        ) from error


def check_redis(url: str, variable: str) -> str:
    """Return the name and version of the Redis at `url`; raises ServerError when it cannot be used."""
    where = without_secrets(url)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=_CONNECT_SECONDS, socket_timeout=_CONNECT_SECONDS) as client:
            facts = client.info("server")
    except (redis.RedisError, OSError, ValueError) as error:
        raise ServerError(
            f"Redis at {where} cannot be used ({_reason(error)}). Start it or correct {variable}, or unset the "
            "variable to use the embedded server."
        ) from error
    version = str(facts["redis_version"])
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < OLDEST_REDIS:
        raise ServerError(
            f"Redis at {where} is {version}, and Weft needs {'.'.join(map(str, OLDEST_REDIS))} or newer. Upgrade it, "
            f"set {variable} to a newer one, or unset the variable to use the embedded server."
        )
    return f"Valkey {facts['valkey_version']}" if "valkey_version" in facts else f"Redis {version}"


def without_secrets(url: str) -> str:
    """Return an address as it may be shown: no user, no password, no options."""
    try:
        parts = urlsplit(url)
        host = f"{parts.hostname or 'a local socket'}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return "an address that cannot be read"
    return f"{host}{parts.path}"


def _reason(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0] if text else "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
