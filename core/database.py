"""The one Piccolo engine; Piccolo finds it, and every plugin's tables, through ``PICCOLO_CONF=core.database``."""

from contextlib import suppress
from importlib import import_module
from importlib.metadata import entry_points

from piccolo.conf.apps import AppConfig, AppRegistry

from core.tenancy.engine import TenantEngine


def _apps() -> dict[str, str]:
    """Return the module of each Piccolo app that installed plugins bring, by the app's name."""
    found: dict[str, str] = {}
    for entry in entry_points(group="weft.plugins"):
        name = f"{entry.module.rpartition('.')[0]}.piccolo_app"
        with suppress(Exception):  # a plugin that stores nothing has none; one that cannot be imported is told of by the registry
            app = import_module(name).APP_CONFIG
            if isinstance(app, AppConfig):
                found.setdefault(app.app_name, name)
    return found


DB = TenantEngine()
APP_REGISTRY = AppRegistry(list(_apps().values()))
