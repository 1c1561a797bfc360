"""The gate admits a statement exactly when its first keyword is one of seven, whatever comments and white space stand before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tenancy.gate import NotAllowed, admit

ALLOWED = ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES")
OTHERS = ("SET", "RESET", "DO", "COPY", "CREATE", "COMMIT", "EXPLAIN", "TABLE", "CALL", "BEGIN", "PREPARE", "LISTEN", "SELECTS", "WITHOUT")

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
space = st.text(" \t\n\r\f\v", min_size=1, max_size=4)
line_comment = st.builds(lambda words, end: "--" + words.replace("\n", "").replace("\r", "") + end, text, st.sampled_from("\n\r"))
plain_comment = text.map(lambda words: "/*" + words.replace("*", "").replace("/", "") + "*/")
comment = st.recursive(
    plain_comment, lambda inner: st.lists(inner, max_size=3).map(lambda parts: "/* " + " ".join(parts) + " */"), max_leaves=5
)
lead = st.lists(space | line_comment | comment, max_size=6).map("".join)


def cased(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(words).flatmap(lambda word: st.sampled_from([word, word.lower(), word.capitalize(), word.swapcase()]))


@given(lead, cased(ALLOWED), st.sampled_from(["", " ", "\n", "(", "/* */", "--\n", "'", "*"]), text)
def test_legitimate_sql_passes_whatever_stands_before_it(before: str, keyword: str, after: str, rest: str) -> None:
    sql = before + keyword + (after + rest if after else "")
    admitted = admit(sql)
    assert admitted.sql == sql[len(before) :]
    assert admitted.writes or keyword.upper() in ("SELECT", "VALUES", "WITH")


@given(lead, cased(OTHERS), text)
def test_every_other_keyword_is_refused_whatever_stands_before_it(before: str, keyword: str, rest: str) -> None:
    with pytest.raises(NotAllowed):
        admit(f"{before}{keyword} {rest}")


@given(lead, cased(OTHERS), lead, cased(ALLOWED))
def test_an_allowed_keyword_further_on_does_not_help(before: str, first: str, between: str, later: str) -> None:
    with pytest.raises(NotAllowed):
        admit(f"{before}{first} {between}{later} 1")


@given(text)
def test_any_text_is_admitted_from_its_keyword_on_or_refused(sql: str) -> None:
    try:
        sent = admit(sql).sql
    except NotAllowed:
        return
    assert sent.startswith("(") or any(sent.upper().startswith(word) for word in ALLOWED)


@pytest.mark.parametrize(
    ("sql", "writes"),
    [
        ("SELECT title FROM notes_note FOR UPDATE", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x FOR NO KEY UPDATE", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x FOR UPDATE SKIP LOCKED", False),
        ("WITH x AS (DELETE/**/FROM notes_note RETURNING 1) SELECT * FROM x", True),
        ("(WITH x AS (INSERT INTO notes_note DEFAULT VALUES RETURNING 1) SELECT * FROM x)", True),
        ("(SELECT updated_at FROM notes_note)", False),
        ("VALUES (1)", False),
        ("merge into notes_note using x on true when matched then do nothing", True),
    ],
)
def test_whether_a_statement_may_write_is_told(sql: str, writes: bool) -> None:
    assert admit(sql).writes is writes
