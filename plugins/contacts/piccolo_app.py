"""Tells Piccolo which tables and migrations are ours."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from .tables import Attachment, ContactPoint, Duplicate, Identifier, Merge, Party, PostalAddress, Relation, Tag

APP_CONFIG = AppConfig(
    app_name="contacts",
    migrations_folder_path=Path(__file__).parent / "migrations",
    table_classes=[Party, ContactPoint, PostalAddress, Identifier, Relation, Attachment, Tag, Merge, Duplicate],
)
