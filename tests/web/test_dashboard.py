"""A person arranges their dashboard: with a script, and without one."""

from hypothesis import given
from hypothesis import strategies as st

from core.tenancy.tenant import LiveTenant
from infra.testing import Browser, Visitors
from web.tenant.dashboard import SPANS, Place, greeting, moved
from weft.forms import Form

NAMES = ("a", "b", "c", "d", "e")
LAYOUTS = st.permutations(NAMES).flatmap(
    lambda names: st.tuples(*(st.builds(Place, st.just(name), st.sampled_from(SPANS), st.booleans()) for name in names)).map(list)
)
BUTTONS = ("earlier", "later", "hide", "show", "wider", "narrower")


@given(LAYOUTS, st.sampled_from(BUTTONS), st.sampled_from(NAMES))
def test_a_press_loses_no_card_and_leaves_the_others_as_they_are(layout: list[Place], button: str, name: str) -> None:
    after = moved(layout, Form.of(**{button: name}))
    assert sorted(place.name for place in after) == sorted(NAMES)
    assert {place.name: place for place in after if place.name != name} == {place.name: place for place in layout if place.name != name}
    assert all(place.span in SPANS for place in after)


@given(LAYOUTS, st.sampled_from(NAMES))
def test_later_undoes_earlier_for_whoever_sees_only_what_is_not_hidden(layout: list[Place], name: str) -> None:
    def seen(places: list[Place]) -> list[str]:
        return [place.name for place in places if not place.hidden]

    before = seen(layout)
    earlier = moved(layout, Form.of(earlier=name))
    if name in before and before.index(name) > 0:
        at = before.index(name)
        assert seen(earlier) == [*before[: at - 1], name, before[at - 1], *before[at + 1 :]]
        assert seen(moved(earlier, Form.of(later=name))) == before


def test_the_day_has_three_greetings() -> None:
    assert [greeting(hour) for hour in (3, 4, 11, 12, 17, 18)] == [
        "Good evening", "Good morning", "Good morning", "Good afternoon", "Good afternoon", "Good evening",
    ]  # fmt: skip


async def test_a_hidden_card_waits_to_be_added_again(client: Browser) -> None:
    card = 'data-widget="contacts.new"'
    assert card in (await client.get("/")).text
    assert (await client.submit("/dashboard/order", {"hide": "contacts.new"})).headers["location"] == "/?arrange=yes"
    assert card not in (await client.get("/")).text
    assert 'name="show" value="contacts.new"' in (await client.get("/?arrange=yes")).text
    await client.submit("/dashboard/order", {"show": "contacts.new"})
    assert card in (await client.get("/")).text


async def test_a_script_gets_the_board_anew_or_nothing_as_it_asks(client: Browser) -> None:
    await client.get("/")
    board = await client.submit("/dashboard/order", {"hide": "contacts.new"}, headers={"hx-request": "true"})
    assert board.status_code == 200
    assert 'id="arranging"' in board.text
    quiet = await client.submit("/dashboard/order", {"wider": "contacts.new", "quiet": "yes"})
    assert quiet.status_code == 204


async def test_an_arrangement_is_one_persons_own_and_can_be_put_back(client: Browser, visitors: Visitors, tenant: LiveTenant) -> None:
    other = await visitors.sign_in(tenant)
    await client.submit("/dashboard/order", {"hide": "contacts.new"})
    assert 'data-widget="contacts.new"' in (await other.get("/")).text
    assert "Put everything back" in (await client.get("/?arrange=yes")).text
    await client.submit("/dashboard/order", {"reset": "yes"})
    assert 'data-widget="contacts.new"' in (await client.get("/")).text


async def test_an_order_that_names_other_cards_is_refused_with_a_sentence(client: Browser) -> None:
    answer = await client.submit("/dashboard/order", {"order": "contacts.new"})
    assert answer.status_code == 422
    assert "reload the page" in answer.text
