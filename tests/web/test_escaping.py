"""What a template prints is escaped, however it is printed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markupsafe import Markup, escape

from core.plugins.registry import Registry
from web.quick import quick_escape
from web.views import environment_for

TEXT = some.text(alphabet=some.sampled_from("ab&<>\"'é ")) | some.text()


@given(TEXT | TEXT.map(Markup) | some.integers() | some.decimals(allow_nan=False) | some.uuids() | some.none() | some.lists(TEXT))
def test_whatever_is_printed_is_escaped_as_the_library_would(value: object) -> None:
    assert str(quick_escape(value)) == str(escape(value))


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("{{ it }}", "&lt;b&gt;"),
        ("<i>{{ it }}</i>{% if it %}{{ it }}{% endif %}", "<i>&lt;b&gt;</i>&lt;b&gt;"),
        ("{{ it ~ '<' }}", "&lt;b&gt;&lt;"),
        ("{{ [it, it]|join('<') }}", "&lt;b&gt;&lt;&lt;b&gt;"),
        ("{% set whole %}<i>{{ it }}</i>{% endset %}{{ whole }}", "<i>&lt;b&gt;</i>"),
        ("{% macro one(x) %}<i>{{ x }}</i>{% endmacro %}{{ one(it) }}{{ one(one(it)) }}", "<i>&lt;b&gt;</i><i><i>&lt;b&gt;</i></i>"),
        ("{% macro around() %}<i>{{ caller() }}</i>{% endmacro %}{% call around() %}{{ it }}{% endcall %}", "<i>&lt;b&gt;</i>"),
        ("{% filter upper %}{{ it }}{% endfilter %}", "&LT;B&GT;"),
        ("{{ it|safe }}{{ it|e }}{{ number }}", "<b>&lt;b&gt;1.50"),
        ("{% for each in [it] %}{{ loop.index }}{{ each }}{% endfor %}", "1&lt;b&gt;"),
        ("{{ it|length }}{{ 'x' if it == '<b>' }}", "3x"),
    ],
)
def test_no_way_of_printing_lets_markup_of_a_persons_through(source: str, printed: str) -> None:
    environment = environment_for(Registry(()))
    assert environment.from_string(source).render(it="<b>", number=Decimal("1.50")) == printed
