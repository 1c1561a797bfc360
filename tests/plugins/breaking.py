"""What makes a plugin break a rule: migrations of one statement, hooks that answer with more."""

from tests.plugins.workshop import Edit, file, hook, line

SQL = '''
"""More."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from .shop_0002_indexes import Raw

SQL = """{}"""
COUNT = []


async def forwards():
    manager = MigrationManager(migration_id="shop_0003_more", app_name="shop")

    async def run():
        COUNT.append(1)
        for statement in SQL.replace("COUNT", str(len(COUNT))).split(";"):
            await Raw.raw(statement)

    manager.add_raw(run)
    return manager
'''
EXTRA = """
    '''More of what a plugin can declare.'''

    from weft import Exporter, Lifecycle, Panel, PersonalData, Provided
    from weft.contracts import Parties

    from . import permissions


    async def nothing(tenant):
        pass


    async def add_row(tenant):
        async with tenant.transaction() as db:
            await db.execute("INSERT INTO shop_task (id, title, due_on) VALUES (gen_random_uuid(), 'seed', now())")


    async def render(tenant, ui, record_id):
        {render}


    async def write(tenant):
        {write}


    async def collect(tenant, email):
        {collect}


    async def erase(tenant, email):
        return 1


    PANEL = Panel(slot="shop.task.side", name="shop.more", title="More", permission=permissions.READ, render=render)
    EXPORT = Exporter(name="shop.x", title="X", suffix=".x", media_type="text/x", permission=permissions.READ, write=write)
    PERSON = PersonalData(title="Tasks", collect=collect, erase=erase)
    SEED = Lifecycle(on_enable=add_row)
"""


def migrate(sql: str) -> list[Edit]:
    """Add a migration that runs SQL; COUNT in it is how often it has run."""
    return [file("migrations/shop_0003_more.py", SQL.replace("{}", sql))]


def extra(name: str, answer: str, **bodies: str) -> list[Edit]:
    """Have the plugin answer a hook with something of EXTRA."""
    usual = {"render": "return ui.partial('shop/_due.html', tasks=[], today=None)", "write": "yield b''", "collect": "return {}"}
    text = EXTRA.format(**{**usual, **bodies})
    return [file("extra.py", text), line("plugin.py", "from . import extra"), hook(name, answer)]


SEALED = """
    '''What is sealed.'''

    from weft import Change, Lifecycle, Permission, RecordRef, Sealed, Secret, new_id

    from . import permissions
    from .records import TASK

    COLUMN = Sealed(table={table}, column={column}, title="Code", permission={permission}, blind={blind})


    async def write(tenant):
        async with tenant.transaction() as db:
            seals, made, code = await db.seals(), new_id(), Secret("DE02120300000000202051")
            await db.execute(
                "INSERT INTO shop_task (id, title, due_on, code, code_blind) VALUES ($1, 'Paint', '2026-03-01', $2, $3)",
                *(made, seals.seal(COLUMN, made, code), seals.blind(COLUMN, code)),
            )
            await tenant.record(Change(RecordRef(TASK, made, "Paint"), "created", after={{"code": {told}}}))


    WRITES = Lifecycle(on_enable=write)
"""


def sealing(
    column: str, table: str = '"shop_task"', permission: str = "permissions.READ", blind: str = '""', told: str = "code"
) -> list[Edit]:
    """Have the plugin declare a sealed column; `told` is what it tells the audit log of a value."""
    text = SEALED.format(column=column, table=table, permission=permission, blind=blind, told=told)
    return [file("sealed.py", text), line("plugin.py", "from . import sealed as sealing"), hook("sealed", "[sealing.COLUMN]")]


def sealed_for_good(told: str = "code", more: str = "") -> list[Edit]:
    """Have the plugin seal a column of its own, with a row in it from the start, as it should be done."""
    columns = "ALTER TABLE shop_task ADD COLUMN code bytea, ADD COLUMN code_blind text NOT NULL DEFAULT ''"
    return [
        *sealing('"code"', blind='"code_blind"', told=told),
        Edit("tables.py", "import UUID,", "import UUID, Bytea,"),
        Edit("tables.py", "    version =", "    code = Bytea(null=True, default=None)\n    code_blind = Text(default='')\n    version ="),
        *migrate(columns + more),
        hook("lifecycle", "sealing.WRITES"),
    ]
