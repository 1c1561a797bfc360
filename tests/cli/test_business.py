"""What the command does inside one business: modules, tokens, the audit log."""

import io

import pytest

from .conftest import Weft


class Keyboard(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        """Tell that there is somebody."""
        return True


def switched_on(weft: Weft, slug: str) -> dict[str, str | None]:
    return {each["key"]: each["on"] for each in weft("module", "list", slug, "--json").document}


def test_a_module_is_switched_off_and_on_again(weft: Weft, slug: str) -> None:
    before = switched_on(weft, slug)
    assert before["catalogue"]
    assert weft("module", "disable", slug, "catalogue", "--json").document == {"disabled": ["catalogue"]}
    assert switched_on(weft, slug)["catalogue"] is None
    assert weft("module", "disable", slug, "catalogue").out == "catalogue was off already.\n"
    assert weft("module", "enable", slug, "catalogue", "--yes").out == "Switched on: catalogue.\n"
    assert weft("module", "enable", slug, "catalogue", "--yes", "--json").document == {"enabled": []}
    assert switched_on(weft, slug) == before


def test_a_change_of_a_module_is_shown_and_asked_for(weft: Weft, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unasked = weft("module", "remove", slug, "catalogue")
    assert (unasked.code, switched_on(weft, slug)["catalogue"] is not None) == (2, True)  # nobody is there to be asked
    assert f"weft module preview {slug} catalogue --change remove" in unasked.err
    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    declined = weft("module", "remove", slug, "catalogue")
    assert (declined.code, switched_on(weft, slug)["catalogue"] is not None) == (130, True)
    assert "catalogue_barcode: moved" in declined.err
    assert f"Remove Catalogue at {slug}?" in declined.err
    monkeypatch.setattr("sys.stdin", Keyboard("y\ny\ny\n"))
    assert weft("module", "remove", slug, "catalogue").out.startswith("Removed catalogue:")
    assert switched_on(weft, slug)["catalogue"] is None
    assert "catalogue_barcode: made" in weft("module", "enable", slug, "catalogue").err
    assert switched_on(weft, slug)["catalogue"]
    assert "Upgrade Catalogue at" in weft("module", "upgrade", slug, "catalogue").err


def test_a_module_that_is_not_installed_is_told_with_where_to_look(weft: Weft, slug: str) -> None:
    refused = weft("module", "enable", slug, "unicorns", "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert "“unicorns”" in refused.err
    assert "`weft plugin list`" in refused.err
    assert weft("module", "list", "nobody", "--json").error["kind"] == "missing"


def test_a_token_is_printed_once_and_alone_so_that_a_script_can_take_it(weft: Weft, slug: str) -> None:
    made = weft("token", "create", slug, "--permission", "catalogue.product.read", "--days", "7")
    assert made.code == 0
    [token] = made.out.split()
    other = weft("token", "create", slug, "--permission", "catalogue.product.read", "--json").document
    assert other["token"] != token
    assert (other["permissions"], other["days"]) == (["catalogue.product.read"], 90)


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("--permission", "catalogue.product.fly"), 1, "invalid"),
        (("--permission", "catalogue.product.read", "--name", " "), 1, "invalid"),
        ((), 2, "usage"),
        (("--permission", "catalogue.product.read", "--days", "0"), 2, "usage"),
    ],
)
def test_a_token_for_nothing_or_for_what_there_is_not_is_refused(
    weft: Weft, slug: str, words: tuple[str, ...], code: int, kind: str
) -> None:
    refused = weft("token", "create", slug, *words, "--json")
    assert (refused.code, refused.error["kind"]) == (code, kind)


def test_an_audit_log_is_verified_and_its_root_told(weft: Weft, slug: str) -> None:
    for verb in (("suspend", "--reason", "The bill is open."), ("resume",), ("delete", "--yes"), ("undelete",)):
        assert weft("tenant", verb[0], slug, *verb[1:]).code == 0
    weft("token", "create", slug, "--permission", "catalogue.product.read")
    verified = weft("audit", "verify", slug, "--json")
    assert verified.code == 0
    assert verified.document["ok"] is True
    assert verified.document["size"] + verified.document["unsealed"] == 6, "whatever the command does to a business is recorded"
    assert verified.document["root"] in weft("audit", "verify", slug).out


def test_a_log_that_is_not_the_one_that_was_written_down_ends_with_three(weft: Weft, slug: str) -> None:
    verified = weft("audit", "verify", slug, "--size", "999", "--root", "ab" * 32, "--json")
    assert verified.code == 3
    assert verified.document["ok"] is False
    assert verified.document["tampering"]["sentence"]


@pytest.mark.parametrize(
    "words", [("--size", "4"), ("--root", "ab" * 32), ("--size", "4", "--root", "zz"), ("--size", "4", "--root", "ab")]
)
def test_half_an_anchor_is_a_wrong_word(weft: Weft, slug: str, words: tuple[str, ...]) -> None:
    refused = weft("audit", "verify", slug, *words, "--json")
    assert refused.error["kind"] == "usage"
    assert "64 hexadecimal digits" in refused.error["message"]


def test_a_business_may_be_given_another_number_of_requests_and_the_usual_one_again(weft: Weft, slug: str) -> None:
    assert weft("tenant", "limit", slug, "--token", "60", "--json").document == {"slug": slug, "token": 60, "business": 3600}
    assert weft("tenant", "limit", slug, "--business", "0").out == f"{slug} may send 1200 requests a minute per token, any number in all.\n"
    assert weft("tenant", "limit", slug, "--json").document == {"slug": slug, "token": 1200, "business": 3600}
