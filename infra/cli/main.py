"""The command's words, and how its errors are told."""

import os
import sys
from importlib import import_module

import asyncpg
import click

from core.plugins.registry import BrokenPlugin
from core.settings import Misconfigured
from infra.cli.output import CONFIGURATION
from infra.ports import PortInUseError
from infra.servers.errors import ServerError
from infra.setup.steps import SetupError
from tenants.bootstrap import BootstrapRefused
from tenants.platform_schema import SchemaChanged
from web.packages import NoPackages
from weft.errors import WeftError

# Each command's module is imported when the command is asked for: `weft plugin list` need not wait for the web.
COMMANDS = {
    "up": "infra.cli.up:up",
    "setup": "infra.cli.setup:setup",
    "serve": "infra.cli.processes:serve",
    "worker": "infra.cli.processes:worker",
    "operator": "infra.cli.processes:operator",
    "migrate": "infra.cli.migrate:migrate",
    "doctor": "infra.cli.doctor:doctor",
    "tenant": "infra.cli.tenant:tenant",
    "module": "infra.cli.module:module",
    "plugin": "infra.cli.plugin:plugin",
    "token": "infra.cli.token:token",
    "audit": "infra.cli.audit:audit",
    "demo": "infra.cli.demo:demo",
}


class Commands(click.Group):
    """The command's words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return them in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one of them."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="weft", message="Weft %(version)s")
def weft() -> None:
    """Weft: the back office a business runs on.

    \b
    Start everything on this machine:        weft up
    See whether the installation is well:    weft doctor
    Make a business:                         weft tenant create acme --name "Acme Ltd" --owner ada@acme.example
    Switch a module on for it:               weft module enable acme catalogue
    Begin a plugin of your own:              weft plugin new loyalty

    Without WEFT_DATABASE_URL and WEFT_REDIS_URL, Weft runs servers of its own below WEFT_DATA_DIR (.weft).
    """


def main() -> None:
    """Run the command; an expected failure is a sentence on standard error and an exit code, never a traceback."""
    os.environ.setdefault("PICCOLO_CONF", "core.database")
    try:
        weft(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (Misconfigured, ServerError, SetupError, NoPackages, PortInUseError, BootstrapRefused, BrokenPlugin, SchemaChanged) as wrong:
        click.echo(f"Weft cannot start: {wrong}", err=True)
        sys.exit(CONFIGURATION)
    except WeftError as wrong:
        click.echo(wrong.message, err=True)
        sys.exit(1)
    except (OSError, asyncpg.PostgresError) as wrong:
        click.echo(f"The database could not be used: {wrong}", err=True)
        sys.exit(1)
