"""Businesses, made and led through their lives by the command."""

from typing import Any

import pytest

from .conftest import Weft


def told(weft: Weft, slug: str) -> dict[str, Any]:
    [found] = [each for each in weft("tenant", "list", "--json").document if each["slug"] == slug]
    return dict(found)


def test_a_new_business_has_an_address_an_owner_and_a_password_that_is_told_once(weft: Weft) -> None:
    made = weft("tenant", "create", "acme", "--name", "Acme Ltd", "--owner", "ada@acme.example", "--country", "GB", "--json")
    assert made.code == 0
    assert made.document["url"] == "http://acme.weft.test"
    assert made.document["owner"] == "ada@acme.example"
    assert len(made.document["password"]) >= 12
    assert made.err == ""
    again = weft("tenant", "create", "acme-two", "--name", "Acme Two", "--owner", "ada@acme.example")
    assert again.code == 0
    assert again.out == "Acme Two is at http://acme-two.weft.test. ada@acme.example may sign in with their own password.\n"
    found = told(weft, "acme")
    assert (found["name"], found["state"], found["modules"]) == ("Acme Ltd", "active", ["catalogue", "contacts"])


def test_an_address_that_is_taken_is_refused_by_the_name_of_its_word(weft: Weft, slug: str) -> None:
    refused = weft("tenant", "create", slug, "--name", "Another", "--owner", "eve@another.example")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"slug: The address “{slug}” is taken: choose another.\n"
    assert told(weft, slug)["name"] == "Corner Shop"


def test_every_fact_that_cannot_be_is_told_at_once(weft: Weft) -> None:
    words = ("tenant", "create", "A!", "--name", "Odd", "--owner", "o@odd.example", "--country", "Utopia", "--timezone", "Mars/North")
    refused = weft(*words, "--json")
    assert refused.error["kind"] == "invalid"
    assert {"slug", "country", "timezone"} <= set(refused.error["fields"])
    assert not [each for each in weft("tenant", "list", "--json").document if each["name"] == "Odd"]


def test_a_list_has_one_line_for_each_business(weft: Weft, slug: str) -> None:
    listed = weft("tenant", "list")
    heading, *lines = listed.out.splitlines()
    assert heading.split() == ["Address", "Name", "State", "Connections", "Modules", "Schema", "Since"]
    [line] = [line for line in lines if line.startswith(slug)]
    assert "  Corner Shop  " in line
    assert "  catalogue, contacts  " in line


def test_a_business_is_suspended_with_a_reason_and_opened_again(weft: Weft, slug: str) -> None:
    assert weft("tenant", "suspend", slug, "--reason", "The bill of May is open.").out == f"{slug} is suspended.\n"
    assert told(weft, slug)["state"] == "suspended"
    twice = weft("tenant", "suspend", slug, "--json")
    assert (twice.code, twice.error["kind"]) == (1, "conflict")
    assert weft("tenant", "resume", slug, "--json").document == {"slug": slug, "state": "active"}
    assert told(weft, slug)["state"] == "active"


@pytest.mark.parametrize("verb", ["suspend", "resume", "undelete", "delete"])
def test_a_business_that_is_not_there_is_told_with_where_to_look(weft: Weft, verb: str) -> None:
    words = ("tenant", verb, "nobody", *(["--yes"] if verb == "delete" else []))
    refused = weft(*words, "--json")
    assert (refused.code, refused.error["kind"]) == (1, "missing")
    assert "`weft tenant list`" in refused.error["message"]


def test_nothing_is_deleted_without_a_yes(weft: Weft, slug: str) -> None:
    for words in (("tenant", "delete", slug), ("tenant", "delete", slug, "--json")):
        refused = weft(*words)
        assert refused.code == 2
        assert "--yes" in refused.out + refused.err
    assert told(weft, slug)["state"] == "active"


def test_a_deletion_is_taken_back_to_the_state_before(weft: Weft, slug: str) -> None:
    deleted = weft("tenant", "delete", slug, "--yes", "--grace", "7", "--json")
    assert deleted.document == {"slug": slug, "state": "deleting", "days": 7}
    assert weft("tenant", "undelete", slug, "--json").document["state"] == "active"
    weft("tenant", "suspend", slug)
    weft("tenant", "delete", slug, "--yes")
    assert weft("tenant", "undelete", slug).out == f"{slug} is suspended.\n"
    assert weft("tenant", "undelete", slug, "--json").error["kind"] == "conflict"


def test_a_time_of_grace_below_nothing_is_a_wrong_word(weft: Weft, slug: str) -> None:
    refused = weft("tenant", "delete", slug, "--yes", "--grace", "-1", "--json")
    assert refused.error["kind"] == "usage"
    assert "--grace" in refused.error["message"]
