"""Answers on standard output, how far something is on standard error."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from infra.cli import output
from infra.cli.output import Output


@pytest.mark.parametrize("as_json", [False, True])
def test_what_takes_longer_is_told_beside_the_answer(monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    monkeypatch.setattr(output, "FIRST_WORD_SECONDS", 0.01)
    told: list[str] = []
    heard = threading.Event()

    def say(_: Output, sentence: str) -> None:
        told.append(sentence)
        heard.set()

    monkeypatch.setattr(Output, "say", say)
    with Output(as_json).progress("Upgrading businesses") as tell:
        tell(3, 10)
        assert heard.wait(20)
    assert told == ["Upgrading businesses … 3 of 10, 0 s"]


def test_what_is_quick_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with Output(False).progress("Upgrading businesses") as tell:
        tell(10, 10)
    assert capsys.readouterr() == ("", "")


def test_rows_stand_in_columns_and_none_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = [
        {"name": "A" * 120, "on": None, "needs": ["b", "c"]},
        {"name": "Z", "on": datetime(2026, 11, 22, tzinfo=UTC), "needs": []},
    ]
    Output(False).table(rows, (("name", "Name"), ("on", "On"), ("needs", "Needs")), empty="Nothing.")
    heading, long, short = capsys.readouterr().out.splitlines()
    assert long == f"{'A' * 120}  {'':<16}  b, c"
    assert heading.index("On") == short.index("2026-11-2") == 122
    Output(False).table([], (("name", "Name"),), empty="Nothing.")
    assert capsys.readouterr().out == "Nothing.\n"


def test_a_document_keeps_what_json_has_no_word_for(capsys: pytest.CaptureFixture[str]) -> None:
    Output(True).answer({"at": datetime(2026, 11, 22, tzinfo=UTC), "price": Decimal("1.10"), "name": "Müller"})
    assert capsys.readouterr().out == '{\n  "at": "2026-11-22T00:00:00+00:00",\n  "price": "1.10",\n  "name": "Müller"\n}\n'
