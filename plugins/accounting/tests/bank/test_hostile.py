"""Whatever became of a bank's file, it is refused in a sentence, or what does not tie out is named: never an error, never a wrong proof."""

import time
from collections.abc import Callable

import pytest

from plugins.accounting.domain.bank.proving import Proof, prove
from plugins.accounting.domain.bank.reading import ReadOptions, read_statements
from plugins.accounting.domain.bank.statement import Statement, Unreadable

from .hostile import WAYS, Variants, bombs, cut_off, samples

FILES = samples()
LONGEST = 6  # seconds of processor for the worst file; most take milliseconds


def proven(content: bytes) -> list[tuple[Statement, Proof]] | None:
    """Return the statements of a file with their proofs; nothing where it is refused in a sentence."""
    refused = ""
    try:
        file = read_statements(content, ReadOptions(currency="EUR", day_order="mdy"))
    except Unreadable as problem:
        refused = str(problem)
    if refused:
        assert refused.strip().endswith((".", "?", "”"))
        return None
    told = [(each, prove(each)) for each in file.statements]
    for statement, proof in told:
        assert proof.verdict in {"verified", "discrepancy", "unproven"}
        assert all(each.sentence for each in proof.differences)
        assert (proof.verdict == "discrepancy") == bool(proof.differences)
        for entry in statement.entries:
            assert entry.amount.is_finite()
            assert abs(entry.amount) < 10**15, "no bank books that much, and no sum of it would be kept exactly"
    return told


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", FILES)
def test_no_variant_of_a_file_is_an_error(name: str, way: Callable[[bytes], Variants]) -> None:
    for what, content in way(FILES[name]):
        try:
            proven(content)
        except Exception as error:
            raise AssertionError(f"{name}, {what}: {type(error).__name__}: {error}") from error


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_cut_off_never_proves_with_fewer_entries(name: str) -> None:
    whole = {_key(statement): statement for statement, _ in proven(FILES[name]) or ()}
    for what, content in cut_off(FILES[name]):
        for statement, proof in proven(content) or ():
            if proof.verdict == "verified" and _key(statement) in whole:
                assert len(statement.booked) == len(whole[_key(statement)].booked), f"{name}, {what}"


def _key(statement: Statement) -> tuple[str, str, str]:
    return statement.account.number, statement.id, statement.sequence


@pytest.mark.parametrize("name", bombs())
def test_what_is_meant_to_harm_is_refused_or_read_in_little_time(name: str) -> None:
    begun = time.process_time()
    told = proven(bombs()[name])
    assert time.process_time() - begun < LONGEST
    if "entit" in name or "laugh" in name or name in {"a ZIP", "a gzip"}:
        assert told is None, "such a file is refused whole"
