"""What is kept of look-ups is what somebody who went through all of them at each change would keep."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.platform.kept import Kept

MOST = 4
keys = st.integers(0, 7)
Step = tuple[str, object, list[str]]
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.just("put"), keys, st.lists(st.sampled_from("abc"), max_size=3)),
        st.tuples(st.sampled_from(["get", "drop", "replace"]), keys, st.just([])),
        st.tuples(st.just("changed"), st.sampled_from("abc"), st.just([])),
    ),
    max_size=60,
)


@settings(max_examples=200)
@given(steps)
def test_a_change_drops_what_it_is_about_and_the_oldest_goes_first(done: list[Step]) -> None:
    kept: Kept[object, int] = Kept(MOST)
    plain: dict[object, tuple[int, list[str]]] = {}  # the one asked for last is the last
    for number, (what, on, about) in enumerate(done):
        if what == "put":
            kept.put(on, number, *about)
            plain.pop(on, None)
            plain[on] = number, about
            if len(plain) > MOST:
                del plain[next(iter(plain))]
        elif what == "get":
            if on in plain:
                plain[on] = plain.pop(on)
            assert kept.get(on) == plain.get(on, (None,))[0]
        elif what == "replace":
            kept.replace(on, number)
            if on in plain:
                plain[on] = number, plain[on][1]
        elif what == "drop":
            kept.drop(on)
            plain.pop(on, None)
        else:
            kept.changed(str(on))
            plain = {key: each for key, each in plain.items() if on not in each[1]}
        assert len(kept) == len(plain)
    assert [kept.get(key) for key in list(plain)] == [value for value, _ in plain.values()]
    for letter in "abc":
        kept.changed(letter)
    assert len(kept) == sum(not about for _, about in plain.values())
    kept.clear()
    assert len(kept) == 0
