"""Each rule that needs no database, with plugins that break it: the fresh package with one thing changed."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from core.rules.check import RULES
from core.rules.rule import Finding
from tests.plugins.breaking import sealing
from tests.plugins.workshop import Edit, attribute, file, hook, line, reports

Judge = Callable[[str, Sequence[Edit]], Awaitable[list[Finding]]]
Broken = tuple[str, Sequence[Edit], str]  # what is broken, what is changed, a rule and what its finding says

AT_START = {"loads", "key", "version", "unique"}  # the registry refuses such a plugin: tests/plugins/test_registry.py
MIGRATION = '"""More."""\n\n\nasync def forwards():\n    return None\n'
PANEL = 'Panel(slot="{}", name="shop.panel", title="P", permission=permissions.READ, render=widgets.render_due)'
ACTION = 'Action(record="{}", title="Do", path="/shop/{{id}}", permission=permissions.READ)'
PANELS, ACTIONS = line("plugin.py", "from weft import Panel"), line("plugin.py", "from weft import Action")
HEARD = """
    '''What this plugin hears.'''

    from weft import Event, Subscription


    class Heard(Event, frozen=True, kw_only=True):
        heard_as = "{}"
        {}


    async def hear(tenant, event):
        pass


    ALL = [Subscription(Heard, hear, "hear")]
"""


def hears(name: str, field: str = "title: str") -> tuple[Edit, ...]:
    """Have the plugin listen to an event."""
    return (file("heard.py", HEARD.format(name, field)), line("plugin.py", "from . import heard"), hook("subscriptions", "heard.ALL"))


def template(text: str, name: str = "shop/more.html") -> tuple[Edit, ...]:
    """Add a page with something in it."""
    whole = '{% extends "shell.html" %}\n{% block content %}' + text + "{% endblock %}\n"
    return (file(f"templates/{name}", whole),)


def asset(name: str, text: str) -> tuple[Edit, ...]:
    """Add a file that browsers fetch."""
    serves = (line("plugin.py", "from pathlib import Path"), line("plugin.py", "from weft import Assets"))
    return (*serves, hook("assets", "Assets(Path(__file__).parent / 'assets')"), file(f"assets/{name}", text))


RULE: dict[str, Sequence[Broken]] = {
    "assets": (
        (
            "a folder that is not there",
            [*asset("a.js", "")[:2], hook("assets", "Assets(Path(__file__).parent / 'nowhere')")],
            "There is no folder “",
        ),
        (
            "a folder of somebody else's",
            [*asset("a.js", "")[:2], hook("assets", "Assets(Path(__file__).parents[1])")],
            "lies outside the plugin's package",
        ),
        ("a script from another host", asset("a.js", 'import "https://cdn.example/x.js";'), "It loads https://cdn.example/x.js"),
        ("a picture from another host", asset("a.css", "a { background: url(//cdn.example/x.png) }"), "It loads //cdn.example/x.png"),
        ("a script made from text", asset("a.js", "const add = new Function('a', 'return a');"), "It makes a script from text"),
        ("a script in a page", asset("a.html", "<script>go()</script>"), "A page of HTML is a template, not an asset"),
    ),
    "words": (
        ("no summary", [Edit("plugin.py", 'summary = "Tasks', 'summary = "" and "Tasks')], "It has no summary"),
        ("no docstring", [Edit("plugin.py", '    """Tasks with a day on which they are due."""\n', "")], "The class Shop has no docstring"),
        ("a file without a word", [Edit("events.py", '"""What other plugins are told."""\n', "")], "does not say what it holds"),
    ),
    "requires": (
        ("what is not there", [attribute('requires = {"nobody": ">=1"}')], "It requires “nobody”, which is not installed here"),
        ("a range that cannot be read", [attribute('requires = {"contacts": "about 1"}')], "“about 1” for “contacts” cannot be read"),
        ("a version that is not here", [attribute('requires = {"contacts": ">=99"}')], "It requires contacts >=99, and"),
        ("itself", [attribute('requires = {"shop": ">=0"}')], "It requires itself"),
    ),
    "only-hooks": (
        ("a method nobody calls", [attribute("def wigdets(self): ...")], "wigdets() is no hook of weft.Plugin"),
        ("an attribute nobody reads", [attribute("sumary = 1")], "sumary is no attribute of weft.Plugin"),
    ),
    "imports": (
        ("the platform", [line("services.py", "import core.settings")], "It imports core.settings, which is the platform's own"),
        ("the platform, by a name", [line("services.py", "__import__('web.site')")], "It imports web.site"),
        (
            "another plugin",
            [line("services.py", "import plugins.contacts.tables")],
            "It imports the plugin “contacts”: plugins meet through",
        ),
        ("what is for tests", [line("services.py", "import weft.testing")], "which is for tests"),
    ),
    "no-select-star": (
        ("in Python", [Edit("queries.py", "SELECT {_COLUMNS} FROM", "SELECT * FROM")], "SELECT * changes with the table"),
        ("in a file of SQL", [file("sql/all.sql", "SELECT t.* FROM shop_task t")], "SELECT * changes with the table"),
    ),
    "names": (
        ("a job of another's", [Edit("jobs.py", '"shop.remind"', '"store.remind"')], "“store.remind” in jobs() must begin with “shop.”"),
        (
            "a check that hides the platform's",
            [line("plugin.py", "from weft import HealthCheck"), hook("health_checks", "[HealthCheck('database', jobs.remind)]")],
            "“database” in health_checks() must begin with “shop.”",
        ),
        ("a listing in capitals", [Edit("listing.py", '"shop.tasks"', '"shop.Tasks"')], "“shop.Tasks” in listings() must begin with"),
    ),
    "permission-names": (("no thing", [Edit("permissions.py", "shop.task.read", "shop.read")], "must be named shop.<thing>.<verb>"),),
    "titles": (("an entry without words", [Edit("plugin.py", 'MenuItem(title="Shop"', 'MenuItem(title=" "')], "in menu() has no title"),),
    "app-name": (("another name", [Edit("piccolo_app.py", 'app_name="shop"', 'app_name="tasks"')], "call it “shop”"),),
    "tables": (
        ("nobody's", [Edit("tables.py", '"shop_task"', '"task"')], "The table “task” must begin with “shop_”"),
        ("in a schema", [Edit("tables.py", '"shop_task"', '"shop_task", schema="public"')], "names the schema “public”"),
        ("without a key", [Edit("tables.py", "    id = UUID(primary_key=True, default=None)\n", "")], "has no primary key of its own"),
        (
            "with a type of its own",
            [Edit("tables.py", 'notes = Text(default="")', 'notes = type("Mood", (Text,), {"column_type": "MOOD"})(default="")')],
            "shop_task.notes is of the type MOOD",
        ),
    ),
    "migration-files": (
        ("another's name", [file("migrations/0003_more.py", MIGRATION)], "The file's name must begin with “shop_”"),
        ("no number", [file("migrations/shop_more.py", MIGRATION)], "must hold its number or day"),
        ("does nothing", [file("migrations/shop_0003_more.py", '"""More."""\n')], "It has no `async def forwards()`"),
        (
            "cannot be imported",
            [file("migrations/shop_0003_more.py", f"import nowhere\n{MIGRATION}")],
            "cannot be imported: ModuleNotFoundError",
        ),
    ),
    "guarded": (
        ("no guard", [Edit("routes.py", '@get("/new", guards=[needs(EDIT)])', '@get("/new")')], "GET /shop/new carries no guard"),
        (
            "for everyone, and nobody knows why",
            [
                line("routes.py", "from weft import for_everyone"),
                Edit("routes.py", '"/new", guards=[needs(EDIT)]', '"/new", guards=[for_everyone("")]'),
            ],
            "is for everyone without a reason",
        ),
    ),
    "permissions": (
        ("nobody offers it", [Edit("permissions.py", "ALL = (READ, EDIT)", "ALL = (READ,)")], "“shop.task.edit”, which nobody offers"),
    ),
    "roles": (
        ("in no role", [Edit("permissions.py", '"Shop editor", ALL', '"Shop editor", (READ,)')], "No role template gives “shop.task.edit”"),
    ),
    "same-permission": (
        (
            "a link to a closed door",
            [Edit("routes.py", '"/", guards=[needs(READ)]', '"/", guards=[needs(EDIT)]')],
            "and /shop needs “shop.task.edit”",
        ),
    ),
    "mounts": (
        (
            "one parameter twice",
            [Edit("routes.py", "= (list_tasks,", "= (list_tasks, get('/{a:uuid}/{a:uuid}')(show_task.fn),")],
            "cannot be mounted",
        ),
        (
            "one path twice",
            [Edit("routes.py", "= (list_tasks,", "= (list_tasks, get('/new')(list_tasks.fn),")],
            "is answered by list_tasks and by",
        ),
        (
            "asks for the unknown",
            [Edit("routes.py", "list_tasks(ui: TheUi)", "list_tasks(ui: TheUi, till: TheTenant)")],
            "cannot be mounted",
        ),
        ("what Litestar warns of", [Edit("routes.py", "list_tasks(ui: TheUi)", "list_tasks(ui: TheUi, page: int = 1)")], "Litestar warns"),
    ),
    "paths": (
        ("another's", [Edit("plugin.py", 'path="/shop"', 'path="/people"')], "the path “/people” must begin with /shop/"),
        ("nowhere", [Edit("plugin.py", 'path="/shop"', 'path="/shop/nowhere"')], "no route answers GET /shop/nowhere"),
        ("without the id", [Edit("records.py", '"/shop/{id}"', '"/shop/new"')], "must have {id} in it"),
        ("with a hole", [Edit("plugin.py", 'path="/shop"', 'path="/shop/{number}"')], "has {number} in it, which nobody fills"),
    ),
    "api": (("no words", [Edit("api.py", 'summary="Read a task", ', "")], "GET /api/v1/shop/tasks/{task_id} has no summary"),),
    "panels": (
        ("no such slot", [PANELS, hook("panels", f"[{PANEL.format('shop.task.top')}]")], "those it has: shop.task.side"),
        ("of a stranger", [PANELS, hook("panels", f"[{PANEL.format('contacts.party.side')}]")], "which the plugin does not require"),
    ),
    "actions": (
        (
            "no such record",
            [ACTIONS, hook("actions", f"[{ACTION.format('shop.thing')}]")],
            "of the kind “shop.thing”, which nobody declares",
        ),
        ("of a stranger", [ACTIONS, hook("actions", f"[{ACTION.format('contacts.party')}]")], "which the plugin does not require"),
    ),
    "payloads": (
        ("not frozen", [Edit("jobs.py", "class NoMore(Struct, frozen=True)", "class NoMore(Struct)")], "can be changed after it was sent"),
        (
            "no type for JSON",
            [Edit("events.py", "    title: str", "    title: object")],
            "The event TaskFinished, field title: object cannot be told",
        ),
        ("of what?", [Edit("events.py", "    title: str", "    title: list")], "list does not say of what"),
        ("no two-way", [Edit("events.py", "    title: str", "    title: str | bytes | bytearray")], "cannot be told as JSON"),
    ),
    "subscriptions": (
        ("nobody says that", hears("contacts.NothingLikeIt"), "listens to contacts.NothingLikeIt, which no installed plugin publishes"),
        (
            "a field nobody tells",
            hears("shop.TaskFinished", "price: int = 0"),
            "has the field price, which shop.TaskFinished does not tell",
        ),
        ("another type", hears("shop.TaskFinished", "title: int"), "Heard cannot read what shop.TaskFinished tells"),
    ),
    "schedules": (
        ("never", [Edit("jobs.py", '"0 7 * * *"', '"0 7 31 2 *"')], "“0 7 31 2 *” is not a cron expression that ever comes due"),
        ("not a cron", [Edit("jobs.py", '"0 7 * * *"', '"every morning"')], "is not a cron expression"),
        (
            "a job not listed",
            [Edit("plugin.py", "return [jobs.REMIND]", "return []")],
            "A schedule runs “shop.remind”, which jobs() does not list",
        ),
        ("another payload", [Edit("jobs.py", "payload=NoMore())", "payload=Struct())")], "and the job takes NoMore"),
    ),
    "settings": (("no default", [Edit("settings.py", "ge=0, le=30)] = 1", "ge=0, le=30)]")], "The setting remind_days has no default"),),
    "awaited": (("not async", [Edit("jobs.py", "run=remind", "run=NoMore")], "run of “shop.remind” in jobs() is awaited"),),
    "sealed": (
        ("a column nobody declares", sealing('"nothing"'), "“nothing” is no column of shop_task declared as Bytea"),
        ("a table of nobody's", sealing('"title"', table='"shop_thing"'), "its table “shop_thing” is none of the plugin's"),
        ("a text", sealing('"title"'), "“title” is no column of shop_task declared as Bytea"),
        (
            "a permission nobody offers",
            sealing('"title"', permission='Permission("shop.task.peek", "Peek")'),
            "“shop.task.peek”, which perm",
        ),
        ("a listing that shows it", sealing('"title"'), "it reads the column title"),
    ),
    "listings": (
        ("no order", [Edit("listing.py", 'default_sort="due"', 'default_sort="done"')], "it is sorted by “done”, which is not sortable"),
        ("no column", [Edit("listing.py", 'default_sort="due"', 'default_sort="price"')], "which is none of its columns"),
        ("no link", [Edit("listing.py", ", link=True", "")], "0 of its columns link to the record"),
        ("a taken word", [Edit("listing.py", 'key="done", title', 'key="sort", title')], "“sort” cannot be a column's key"),
        ("one key twice", [Edit("listing.py", 'key="done", title', 'key="due", title')], "two columns have the key “due”"),
        ("money of no currency", [Edit("listing.py", "ColumnKind.BOOL", "ColumnKind.MONEY")], "an amount without its currency"),
        ("nothing to choose", [Edit("listing.py", "ColumnKind.BOOL", "ColumnKind.CHOICE")], "a choice without choices"),
    ),
    "reports": (
        ("one key twice", reports(columns="WHAT, WHAT"), "two columns have the key “what”"),
        ("a text that is added up", reports(columns='ReportColumn(key="what", title="W", total=True),'), "only money and numbers can be"),
        ("a chart of nothing", reports(more=', chart=ReportChart("what", ("price",))'), "its chart shows “price”"),
        ("a taken word", reports(parameter="page: int = 1"), "a parameter cannot be called “page”"),
        ("no default", reports(parameter="size: int"), "some of its parameters have no default"),
        ("choices for nothing", reports(more=', choices={"of": rows}'), "it offers choices for “of”"),
        ("nothing to compare", reports(more=", earlier=lambda asked, time: asked"), "no column is compared"),
    ),
    "import-rows": (
        (
            "a tree",
            [Edit("domain.py", 'max_length=5000)] = ""', 'max_length=5000)] = ""\n    more: dict[str, str] = {}')],
            "of a type that no cell holds",
        ),
        (
            "a float",
            [Edit("domain.py", 'max_length=5000)] = ""', 'max_length=5000)] = ""\n    price: float = 0')],
            "price is a float, which is not exact",
        ),
    ),
    "importers": (
        ("an alias of nothing", [Edit("imports.py", '"due_on": (', '"due_date": (')], "its aliases name the field “due_date”"),
        (
            "a kind of nobody's",
            [Edit("imports.py", 'record="shop.task"', 'record="shop.thing"')],
            "of the kind “shop.thing”, which nobody declares",
        ),
        ("a group of nothing", [Edit("imports.py", 'record="shop.task"', 'group_by="handle"')], "it groups by “handle”"),
        ("an ending without a point", [Edit("imports.py", 'record="shop.task"', 'readers={"VCF": list}')], "it reads files “VCF”"),
    ),
    "template-names": (("elsewhere", [file("templates/more.html", "Hello")], "nobody finds this one"),),
    "templates": (
        ("not closed", template("{% if x %}"), "Jinja cannot read it, line"),
        ("no such filter", template("{{ 1|nothing }}"), "No filter named 'nothing'"),
        ("no such template", template('{% include "shop/_none.html" %}'), "It uses the template “shop/_none.html”, which is not there"),
    ),
    "pages": (
        ("no shell", [file("templates/shop/more.html", "<p>Hello</p>")], "It is a page and does not stand in the shell"),
        (
            "a piece in the shell",
            template("x", "shop/_more.html"),
            "It is a piece of a page by its name’s underscore, and it extends shell.html",
        ),
        ("a piece with a body", [file("templates/shop/_more.html", "<body>x</body>")], "It is a piece of a page, and has <html>"),
    ),
    "policy": (
        ("a script", template("<script>alert(1)</script>"), "an inline <script>"),
        ("a handler", template('<a href="/shop" onclick="x()">x</a>'), "the handler onclick="),
        ("a handler of HTMX", template('<a href="/shop" hx-on:click="x()">x</a>'), "the handler hx-on:click="),
        ("a style", template("<style>p {}</style>"), "a <style> element"),
        ("from elsewhere", template('<img src="https://other.example/x.png" alt="">'), "<img> loads https://other.example/x.png"),
        ("javascript:", template('<a href="javascript:x()">x</a>'), "a href of javascript:"),
    ),
    "without-script": (
        ("a link", template('<a href="#" hx-get="/shop">x</a>'), "<a> asks by HTMX only"),
        ("a form", template('<form hx-post="/shop"></form>'), "<form> is sent by HTMX only"),
        ("a button", template('<button type="button" hx-post="/shop">x</button>'), "<button> asks by HTMX only"),
        ("a box", template('<div hx-get="/shop">x</div>'), "which no keyboard does"),
        ("an empty box", template('<div hx-get="/shop" hx-trigger="load"></div>'), "is empty until a script fills it"),
    ),
    "escaped": (("safe", template("{{ shell.path|safe }}"), "The filter “safe” lets through what somebody typed"),),
}
CASES = [pytest.param(rule, *broken[1:], id=f"{rule}: {broken[0]}") for rule, cases in RULE.items() for broken in cases]


@pytest.mark.parametrize(("rule", "edits", "sentence"), CASES)
async def test_a_broken_rule_is_told(judge: Judge, rule: str, edits: Sequence[Edit], sentence: str) -> None:
    findings = await judge(rule, edits)
    assert any(sentence in each.sentence for each in findings), findings
    assert all(each.where for each in findings)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
async def test_the_fresh_package_keeps_it(judge: Judge, rule: str) -> None:
    assert await judge(rule, []) == []


def test_every_rule_has_a_plugin_that_breaks_it() -> None:
    assert set(RULE) | AT_START == {rule.id for rule in RULES}
