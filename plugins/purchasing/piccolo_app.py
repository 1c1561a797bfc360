"""Tells Piccolo which tables and migrations are ours."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from .tables import TABLES

APP_CONFIG = AppConfig(app_name="purchasing", migrations_folder_path=Path(__file__).parent / "migrations", table_classes=TABLES)
