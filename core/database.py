"""The one Piccolo engine; Piccolo finds it, and every plugin's tables, through ``PICCOLO_CONF=core.database``."""

from importlib.metadata import entry_points
from importlib.util import find_spec

from piccolo.conf.apps import AppRegistry

from core.tenancy.engine import TenantEngine

DB = TenantEngine()
APP_REGISTRY = AppRegistry(
    [
        app
        for found in entry_points(group="weft.plugins")
        if find_spec(app := f"{found.module.rpartition('.')[0]}.piccolo_app")  # a plugin that stores nothing has none
    ]
)
