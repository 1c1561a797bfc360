"""Parties that hypothesis makes up."""

from hypothesis import strategies as st

from plugins.contacts.domain.checking import checked
from plugins.contacts.domain.details import ADDRESS_KINDS, Address, Details, Identifier, Point
from plugins.contacts.domain.points import LABELS
from weft.errors import Invalid

LETTERS = st.characters(categories=["Lu", "Ll", "Nd", "Po", "Zs", "Lo"], include_characters=";,\\:\"'&")
WORDS = st.text(LETTERS, min_size=1, max_size=20).map(str.strip).filter(lambda text: any(each.isalnum() for each in text))
LINES = st.lists(WORDS, max_size=3).map("\n".join)
EMAILS = st.from_regex(r"[a-z][a-z0-9.+_-]{0,8}[a-z0-9]@[a-z]{1,8}\.example", fullmatch=True).filter(lambda each: ".." not in each)
PHONES = st.one_of(st.integers(2079460000, 2079469999).map(lambda n: f"+44{n}"), st.just("+14186569254;ext=102"))
SITES = st.from_regex(r"https://[a-z]{1,9}\.example(/[A-Za-z0-9]{1,6})?", fullmatch=True)
IDENTIFIERS = st.one_of(
    st.builds(Identifier, st.just("reference"), WORDS.filter(lambda each: len(each) <= 60)),
    st.sampled_from(
        [
            Identifier("vat", "GB980780684"),
            Identifier("vat", "DE136695976"),
            Identifier("iban", "GB82WEST12345698765432"),
            Identifier("gln", "4000001000005"),
            Identifier("lei", "213800KUD8LAJWSQ9D15"),
        ]
    ),
)
ADDRESSES = st.builds(
    Address,
    kind=st.sampled_from(ADDRESS_KINDS),
    lines=st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    postcode=st.sampled_from(["", "SW1A 1AA", "NG32 1PB"]),
    city=st.one_of(st.just(""), WORDS),
    region=st.one_of(st.just(""), WORDS),
    country=st.sampled_from(["", "GB"]),
)


def _points(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Point, ...]]:
    return st.lists(st.builds(Point, values, st.sampled_from(LABELS)), max_size=3).map(tuple)


@st.composite
def typed(draw: st.DrawFn, kind: str = "") -> Details:
    """Details as somebody might type them."""
    is_person = (kind or draw(st.sampled_from(["organisation", "person"]))) == "person"
    return Details(
        kind="person" if is_person else "organisation",
        name=draw(WORDS),
        legal_name="" if is_person else draw(st.one_of(st.just(""), WORDS)),
        given_name=draw(st.one_of(st.just(""), WORDS)) if is_person else "",
        family_name=draw(st.one_of(st.just(""), WORDS)) if is_person else "",
        language=draw(st.sampled_from(["", "en", "pt-BR", "zh-Hant"])),
        notes=draw(LINES),
        tags=tuple(draw(st.lists(WORDS, max_size=3))),
        emails=draw(_points(EMAILS)),
        phones=draw(_points(PHONES)),
        websites=draw(_points(SITES)),
        addresses=tuple(draw(st.lists(ADDRESSES, max_size=3))),
        identifiers=tuple(draw(st.lists(IDENTIFIERS, max_size=3))),
    )


@st.composite
def kept(draw: st.DrawFn, kind: str = "") -> Details:
    """Details in the form they are kept in."""
    details = draw(typed(kind))
    try:
        return checked(details, "GB")
    except Invalid as wrong:  # pragma: no cover - a made-up party is always valid
        raise AssertionError(wrong.fields) from wrong
