"""What the servers' absence looks like from here."""

import asyncpg
from redis.exceptions import RedisError

OUTAGES = (
    *(OSError, TimeoutError, RedisError, asyncpg.InterfaceError),
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,  # asyncpg's word for a connection that was cut off while nobody used it
    asyncpg.OperatorInterventionError,  # it shuts down, or starts up
    asyncpg.InsufficientResourcesError,  # too many connections, a full disk
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is about to take over
    asyncpg.TransactionRollbackError,  # two of us were in each other's way
)
