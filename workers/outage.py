"""What the servers' absence looks like from here."""

import asyncpg
from redis.exceptions import RedisError

OUTAGES = (OSError, TimeoutError, RedisError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)
