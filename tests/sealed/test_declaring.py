"""What a secret shows of itself, and which columns a plugin may seal."""

import copy
import pickle
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plugins.usable import usable_of
from core.tenancy.pending import as_json, told_json
from tests.plugins.workshop import plugin
from weft import Permission, Sealed, Secret

SEE = Permission("shop.code.see", "See codes")


@dataclass(frozen=True)
class Holder:
    """Something that holds a secret."""

    code: Secret


@given(st.text(alphabet="ABCDEFGHIJ0123456789", min_size=1, max_size=40))
def test_a_secret_shows_at_most_its_last_four_characters_whatever_prints_it(text: str) -> None:
    secret = Secret(text)
    shown = "•••• " + text[-4:] if len(text) >= 8 else "••••"
    assert {str(secret), f"{secret}", f"{secret:}", "%s" % secret, secret.masked} == {shown}  # noqa: UP031 - this way too
    assert repr(Holder(secret)).endswith(f"Holder(code=Secret('{shown}'))")
    assert told_json({"code": secret}) == msgspec.json.encode({"code": shown}).decode()
    assert (copy.deepcopy(secret), secret.typed(shown), secret.typed(f" {shown} ").clear) == (secret, secret, text)
    for write in (pickle.dumps, as_json):
        with pytest.raises(TypeError):
            write(Holder(secret))


def test_a_form_takes_the_mask_for_unchanged_and_a_changed_mask_for_a_mistake() -> None:
    secret = Secret("DE02120300000000202051")
    assert secret.typed("") == Secret()
    assert secret.typed(" gb33 ", str.upper) == Secret("GB33")
    with pytest.raises(ValueError, match="Type the whole number"):
        secret.typed("•••• 2052")
    assert not Secret().masked


@pytest.mark.parametrize(("table", "column"), [("contacts_identifier", "sealed"), ("shop_code", "code; DROP TABLE x"), ("other", "code")])
def test_a_plugin_that_would_seal_what_is_not_its_own_is_set_aside(table: str, column: str) -> None:
    sealed = Sealed(table=table, column=column, title="Code", permission=SEE)
    registry = usable_of([plugin("shop", sealed=[sealed], permissions=[SEE]), plugin("contacts")])
    assert "plainly named columns of its own tables alone" in registry.set_aside["shop"]
    good = Sealed(table="shop_code", column="code", title="Code", permission=SEE)
    assert not usable_of([plugin("shop", sealed=[good], permissions=[SEE]), plugin("contacts")]).set_aside
