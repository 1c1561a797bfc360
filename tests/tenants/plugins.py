"""Plugins in two versions, made for the tests of tables and life."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from tests.tenants.shop.tables import Item, ItemV2
from weft import Lifecycle, Permission, Plugin, RoleTemplate, hookimpl

HERE = Path(__file__).parent / "shop"
SELL = Permission("shop.item.sell", "Sell")


class Made(Plugin):
    """A plugin whose names are given to it, and which stores nothing."""

    def __init__(self, key: str, version: str = "1.0", requires: Mapping[str, str] | None = None, life: Lifecycle | None = None) -> None:
        self.key, self.title, self.version = key, key.capitalize(), version  # type: ignore[misc]
        self.requires = requires or {}  # type: ignore[misc]
        self.life = life

    @hookimpl
    def lifecycle(self) -> Lifecycle | None:
        return self.life


class Shop(Made):
    """A plugin with one table; its second version adds a column."""

    def __init__(self, version: str = "1.0", requires: Mapping[str, str] | None = None, life: Lifecycle | None = None) -> None:
        super().__init__("shop", version, requires, life)

    @hookimpl
    def storage(self) -> AppConfig:
        second = self.version.startswith("2")
        tables: list[type[Table]] = [ItemV2 if second else Item]
        return AppConfig(app_name="shop", migrations_folder_path=HERE / ("v2" if second else "v1"), table_classes=tables)

    @hookimpl
    def permissions(self) -> Sequence[Permission]:
        return [SELL]

    @hookimpl
    def role_templates(self) -> Sequence[RoleTemplate]:
        return [RoleTemplate("seller", "Seller", (SELL,))]
