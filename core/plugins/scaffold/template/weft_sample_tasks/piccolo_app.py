"""Tells Piccolo which tables and migrations are ours."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from .tables import Task

APP_CONFIG = AppConfig(
    app_name="sample_tasks",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=[Task],
)
