"""Each rule that is tried in a business, with plugins that break it: the fresh package with one thing changed."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from core.rules.check import RULES, TRIAL_RULES, Report
from tests.plugins.breaking import extra, migrate, sealed_for_good
from tests.plugins.leaking import LEAKING
from tests.plugins.workshop import Edit, line, reports

Trial = Callable[..., Awaitable[Report]]
Broken = tuple[str, Sequence[Edit], str]  # what is broken, what is changed, what a finding says

RULE: dict[str, Sequence[Broken]] = {
    "sealed-unread": (
        (
            "an index",
            sealed_for_good(more="; CREATE INDEX shop_task_code ON shop_task (code)"),
            "index shop_task_code holds “shop_task.code",
        ),
        ("an audit entry", sealed_for_good(told="code.clear"), "There is an audit entry with a readable value of “shop_task.code”"),
    ),
    "enables": (
        ("a migration that fails", migrate("CREATE NONSENSE"), "It cannot be switched on: PostgresSyntaxError"),
        ("a step that fails", extra("lifecycle", "extra.Lifecycle(on_enable=extra.render)"), "It cannot be switched on: TypeError"),
    ),
    "migrations-exact": (
        (
            "a column nobody makes",
            [Edit("tables.py", "    version =", "    price = Integer(default=0)\n    version =")],
            "shop_task.price is declared, and no",
        ),
        (
            "a column nobody declares",
            migrate("ALTER TABLE shop_task ADD COLUMN price integer"),
            "shop_task.price is made by the migrations, and the",
        ),
        (
            "a table nobody declares",
            migrate("CREATE TABLE shop_price (id uuid PRIMARY KEY)"),
            "make the table shop_price, which table_classes",
        ),
        (
            "another type",
            migrate("ALTER TABLE shop_task ALTER COLUMN version TYPE bigint"),
            "is declared as integer, and the migrations make it bigint",
        ),
        (
            "another NULL",
            migrate("ALTER TABLE shop_task ALTER COLUMN notes DROP NOT NULL"),
            "declared NOT NULL, and the migrations make it nullable",
        ),
        (
            "a foreign key nobody makes",
            [
                Edit("tables.py", "import UUID, Boolean", "import UUID, ForeignKey, Boolean"),
                Edit("tables.py", "    version =", '    after = ForeignKey("self", null=True, default=None)\n    version ='),
                *migrate("ALTER TABLE shop_task ADD COLUMN after uuid"),
            ],
            "shop_task.after refers to shop_task, and the migrations make no foreign key",
        ),
    ),
    "migrations-again": (
        ("different each time", migrate("CREATE INDEX shop_task_COUNT ON shop_task (version)"), "Two businesses have different tables"),
    ),
    "stays-inside": (
        (
            "an index of any name",
            migrate("CREATE INDEX by_version ON shop_task (version)"),
            "“by_version”, whose name does not begin with “shop_”",
        ),
        ("a type", migrate("CREATE TYPE shop_mood AS ENUM ('good')"), "The migrations make the type shop_mood"),
        ("a domain", migrate("CREATE DOMAIN shop_code AS text CHECK (VALUE <> '')"), "The migrations make the type shop_code"),
        (
            "a function",
            migrate("CREATE FUNCTION shop_one() RETURNS int LANGUAGE sql RETURN 1"),
            "The migrations make the function shop_one",
        ),
        ("a table of the platform's", migrate("CREATE TABLE platform.shop_COUNT (id int)"), "make the relation platform.shop_"),
    ),
    "off-and-on": (("a row more each time", extra("lifecycle", "extra.SEED"), "on_enable must add nothing twice"),),
    "reports-answer": (
        ("it fails", reports(rows="yield 1 / 0"), "it fails: ZeroDivisionError"),
        ("a text for an amount", reports(rows="yield ReportRow({'amount': '1'})"), "“amount” is money, and a row has str in it"),
        ("a link to elsewhere", reports(rows="yield ReportRow({}, link='https://x.example')"), "write an address in the business"),
    ),
    "listings-run": (
        (
            "no such column",
            [Edit("listing.py", 'sql="t.done"', 'sql="t.finished"')],
            "column “done”: UndefinedColumnError: column t.finished",
        ),
        (
            "another kind",
            [Edit("listing.py", "kind=ColumnKind.BOOL", "kind=ColumnKind.NUMBER")],
            "filtered by “done.min”: DataError",
        ),
        ("an order that cannot go on", [Edit("listing.py", "kind=ColumnKind.DATE", "kind=ColumnKind.NUMBER")], "sorted by “due”"),
        ("a segment that is none", [Edit("listing.py", '"NOT t.done"', '"t.done = 7"')], "segment “open”: UndefinedFunctionError"),
    ),
    "listings-never-null": (
        (
            "can be NULL",
            [
                Edit(
                    "listing.py",
                    '        Column(key="done"',
                    '        Column(key="x", title="X", sql="NULLIF(t.notes, t.notes)", sortable=True),\n        Column(key="done"',
                )
            ],
            "can be sorted by “x”, which can be NULL",
        ),
    ),
    "listings-indexed": (
        (
            "no index",
            [Edit("listing.py", 'sort_sql="lower(t.title)"', 'sort_sql="upper(t.title)"')],
            "add an index on (upper(t.title), t.id)",
        ),
    ),
    "listings-options": (
        (
            "fails",
            [Edit("listing.py", 'sql="t.done", kind=ColumnKind.BOOL', 'sql="t.notes", kind=ColumnKind.CHOICE, options=READ')],
            "what “done” offers: TypeError",
        ),
    ),
    "importer-accounts": (
        (
            "says nothing",
            [Edit("imports.py", "return Outcome(written, problems)", "return Outcome(written[:1], problems)")],
            "says nothing of row",
        ),
        (
            "two stories",
            [
                Edit(
                    "imports.py",
                    "return Outcome(written, problems)",
                    'return Outcome(written, [RowProblem(rows[0].row, "title", "No")] if rows else [])',
                )
            ],
            "was written and that it was refused",
        ),
        (
            "stops",
            [
                Edit(
                    "imports.py",
                    "    known = await",
                    "    if not rows or rows[0].value.title == '≠':\n        raise Invalid('no')\n    known = await",
                )
            ],
            "raises on rows of nonsense: Invalid: no",
        ),
    ),
    "importer-undoes": (
        ("does nothing", [Edit("imports.py", "    for record in records:", "    for record in []:")], "its listing has"),
        (
            "forgets that it was JSON",
            [
                Edit(
                    "imports.py",
                    'convert({name: record.before[name] for name in ("title", "due_on", "notes")}, TaskDraft)',
                    "TaskDraft(**{name: record.before[name] for name in ('title', 'due_on', 'notes')})",
                )
            ],
            "",
        ),
    ),
    "locked": (
        (
            "a guard that lets through",
            [
                line("routes.py", "from weft import Needs"),
                Edit(
                    "routes.py",
                    'FORM = "shop/form.html"\n',
                    'FORM = "shop/form.html"\n\n\nclass Soft(Needs):\n    async def __call__(self, connection, _): ...\n',
                ),
                Edit("routes.py", '@get("/new", guards=[needs(EDIT)])', '@get("/new", guards=[Soft(EDIT)])'),
            ],
            "GET /shop/new answers 200 to a member without “shop.task.edit”",
        ),
    ),
    "answers": (
        (
            "crashes",
            [Edit("routes.py", "form=Form.of(due_on=tenant.today().isoformat())", "form=1 / 0")],
            "GET /shop/new answers 500: ZeroDivisionError: division by zero (routes.py:",
        ),
        (
            "crashes on what there is",
            [Edit("templates/shop/task.html", "{{ task.title }}{% endblock %}", "{{ task.price + 1 }}{% endblock %}")],
            "GET /shop/{task_id} answers 500: UndefinedError",
        ),
        (
            "hides what there is",
            [Edit("queries.py", "WHERE id = $1 FOR UPDATE", "WHERE id = $1 AND done FOR UPDATE")],
            "answers 404 for a record that its listing shows",
        ),
    ),
    "whole-pages": (
        (
            "a piece",
            [Edit("routes.py", 'ui.listing(TASKS, template="shop/tasks.html")', 'ui.fragment("shop/_due.html", tasks=[], today=None)')],
            "GET /shop is not a whole page in the shell",
        ),
        (
            "a dead link",
            [Edit("templates/shop/tasks.html", 'href="/shop/new"', 'href="/shop/nowhere"')],
            "has a link to /shop/nowhere, where no route answers GET",
        ),
        (
            "a handler",
            [Edit("templates/shop/tasks.html", "{% block header %}", '{% block header %}<p {{ "onclick" }}="x()">x</p>')],
            "GET /shop shows the handler onclick=",
        ),
    ),
    "refuses": (
        (
            "crashes on nothing",
            [Edit("routes.py", "services.add_task(tenant, form.read(TaskDraft))", 'services.add_task(tenant, form.values["title"])')],
            "POST /shop/new with nothing in it answers 500, not a sentence: KeyError",
        ),
    ),
    "widgets-render": (
        ("crashes", [Edit("widgets.py", "today=tenant.today())", "today=1 / 0)")], "The widget “shop.due” fails: ZeroDivisionError"),
        (
            "takes its time",
            [
                line("widgets.py", "import asyncio"),
                Edit("widgets.py", "    async with tenant", "    await asyncio.sleep(2)\n    async with tenant"),
            ],
            "it takes longer than 1.5 s",
        ),
        (
            "plain text",
            [Edit("widgets.py", 'return ui.partial("shop/_due.html", tasks=tasks, today=tenant.today())', 'return "x"')],
            "returns a str: return what ui.partial",
        ),
    ),
    "panels-render": (
        ("crashes", extra("panels", "[extra.PANEL]", render="return 1 / 0"), "The panel “shop.more” fails for a record it has nothing on"),
    ),
    "search-answers": (
        (
            "crashes",
            [Edit("search.py", "    async with tenant", '    if "%" in text:\n        raise ValueError(text)\n    async with tenant')],
            "for '100%_' fails: ValueError",
        ),
        (
            "too many",
            [Edit("search.py", "return [Hit(", "return 4 * [Hit('x', 'x', '/shop')] + [Hit(")],
            "returns 6 hits, asked for at most 3",
        ),
        ("leads astray", [Edit("search.py", "return [Hit(", "return [Hit('x', 'x', '/shop/nowhere')] + [Hit(")], "leads to /shop/nowhere"),
    ),
    "services": (
        (
            "no contract",
            extra("services", "[extra.Provided(extra.Parties, lambda tenant: tenant)]"),
            "What it offers as Parties is a LiveTenant: derive it from Parties",
        ),
        ("of no abstract class", extra("services", "[extra.Provided(str, str)]"), "The contract str is no abstract class"),
    ),
    "exporters": (("text", extra("exporters", "[extra.EXPORT]", write="yield 'x'"), "yields what is not bytes"),),
    "personal-data": (
        ("erases a stranger", extra("personal_data", "[extra.PERSON]"), "says it erased 1 of somebody it does not know"),
        (
            "no JSON",
            extra("personal_data", "[extra.PERSON]", collect="return {'x': object()}"),
            "fails for somebody it does not know: TypeError",
        ),
    ),
    "isolation": (
        (
            "remembers",
            [
                Edit("search.py", "async def find(", "_SEEN = []\n\n\nasync def find("),
                Edit("widgets.py", "    async with tenant", "    from .search import _SEEN\n    async with tenant"),
                Edit("widgets.py", "    return ui.partial", "    _SEEN.extend(tasks)\n    tasks = _SEEN\n    return ui.partial"),
            ],
            "GET / shows one business what another has (“Kanarienvogel",
        ),
    ),
    **LEAKING,
}
ALL = {rule.id for rule in RULES} | {rule.id for rule in TRIAL_RULES}
CASES = [pytest.param(rule, *broken[1:], id=f"{rule}: {broken[0]}") for rule, cases in RULE.items() for broken in cases]


@pytest.mark.parametrize(("rule", "edits", "sentence"), CASES)
async def test_a_broken_rule_is_told(trial: Trial, rule: str, edits: Sequence[Edit], sentence: str) -> None:
    findings = (await trial(edits, rule)).findings
    assert any(sentence in each.sentence for each in findings), findings


async def test_a_column_may_sort_what_it_looks_up(trial: Trial) -> None:
    looked_up = "(SELECT u.title FROM shop_task u WHERE u.due_on > t.due_on ORDER BY u.notes LIMIT 1)"
    column = f'        Column(key="x", title="X", sql="{looked_up}"),\n        Column(key="done"'
    report = await trial([Edit("listing.py", '        Column(key="done"', column)], "listings-indexed", "listings-run")
    assert report.ok, str(report)


async def test_a_column_that_is_sealed_as_it_should_be_keeps_the_rules(trial: Trial) -> None:
    report = await trial(sealed_for_good(), "sealed", "sealed-unread", "migrations-exact", "enables")
    assert report.ok, str(report)


async def test_the_fresh_package_keeps_every_rule(trial: Trial) -> None:
    report = await trial([])
    assert report.ok, str(report)
    assert set(report.kept) == ALL
    assert report.seconds < 20


def test_every_rule_has_a_plugin_that_breaks_it() -> None:
    assert set(RULE) == {rule.id for rule in TRIAL_RULES}


def test_no_two_rules_have_one_name() -> None:
    assert len(ALL) == len(RULES) + len(TRIAL_RULES) >= 20
