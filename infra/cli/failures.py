"""How a command that failed ends: a sentence for people, one JSON document for programs, and an exit code for both."""

import traceback
from dataclasses import dataclass, field

import asyncpg
import click
import redis

from core.plugins.hooks import BrokenPlugin
from core.settings import Misconfigured
from infra.cli.output import CONFIGURATION, INTERNAL, INTERRUPTED, REFUSED, USAGE, print_json
from infra.ports import PortInUseError
from infra.servers.errors import ServerError
from infra.setup.steps import SetupError
from tenants.bootstrap import BootstrapRefused
from tenants.platform_schema import SchemaChanged
from web.packages import NoPackages
from weft.errors import Conflict, Invalid, Missing, Refused, Unavailable, WeftError

_CANNOT_START = (Misconfigured, ServerError, SetupError, NoPackages, PortInUseError, BootstrapRefused, BrokenPlugin, SchemaChanged)
_KINDS: tuple[tuple[type[WeftError], str], ...] = (
    (Refused, "refused"),
    (Missing, "missing"),
    (Conflict, "conflict"),
    (Invalid, "invalid"),
    (Unavailable, "unavailable"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong: `kind` is a word for programs, `message` sentences for people."""

    kind: str
    message: str
    exit_code: int
    fields: dict[str, str] = field(default_factory=dict)  # the words of the call that are wrong, each with a sentence


def tell(wrong: BaseException, *, as_json: bool) -> int:
    """Print what went wrong, and return the exit code."""
    failure = read(wrong)
    if failure.kind == "internal":
        click.echo("".join(traceback.format_exception(wrong)), err=True, nl=False)
    if as_json:
        fields = {"fields": failure.fields} if failure.fields else {}
        print_json({"error": {"kind": failure.kind, "message": failure.message, **fields, "exit_code": failure.exit_code}})
    elif isinstance(wrong, click.UsageError):
        wrong.show()
    elif failure.fields:
        click.echo("\n".join(f"{name}: {sentence}" for name, sentence in failure.fields.items()), err=True)
    elif failure.message:
        click.echo(failure.message, err=True)
    return failure.exit_code


def read(wrong: BaseException) -> Failure:
    """Say what an error means to whoever typed the command."""
    if isinstance(wrong, click.UsageError):
        return Failure("usage", wrong.format_message(), USAGE)
    if isinstance(wrong, click.ClickException):
        return Failure("configuration" if wrong.exit_code == CONFIGURATION else "refused", wrong.format_message(), wrong.exit_code)
    if isinstance(wrong, click.Abort):
        return Failure("interrupted", "Stopped.", INTERRUPTED)
    if isinstance(wrong, _CANNOT_START):
        return Failure("configuration", str(wrong), CONFIGURATION)
    if isinstance(wrong, WeftError):
        kind = next((word for error, word in _KINDS if isinstance(wrong, error)), "refused")
        return Failure(kind, wrong.message, REFUSED, dict(wrong.fields) if isinstance(wrong, Invalid) else {})
    return _of_servers(wrong) or Failure("internal", f"{type(wrong).__name__}: {wrong}. This is a fault of Weft's.", INTERNAL)


def _of_servers(wrong: BaseException) -> Failure | None:
    if isinstance(wrong, asyncpg.InvalidAuthorizationSpecificationError):
        sentence = (
            f"PostgreSQL refuses a login of Weft's ({wrong}). Either WEFT_SECRET_KEY, which their passwords are made from, is not the one "
            "that this database was prepared with, or it was never prepared: set the right key, or run `weft migrate`."
        )
        return Failure("configuration", sentence, CONFIGURATION)
    if isinstance(wrong, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        return Failure("unavailable", f"PostgreSQL could not be used: {wrong}. `weft doctor` may say why.", REFUSED)
    if isinstance(wrong, redis.RedisError):
        return Failure("unavailable", f"Redis could not be used: {wrong}.", REFUSED)
    return None
