"""Rules of a tenant, and what is learned from what was accepted."""

import random
from decimal import Decimal

import pytest

from plugins.accounting.domain.bank.items import FEATURES, Features
from plugins.accounting.domain.bank.learning import LEAST, Booking, Example, accounts_of, propose_rules, train
from plugins.accounting.domain.bank.matching import suggest
from plugins.accounting.domain.bank.rules import Rule, checked, first_rule
from plugins.accounting.domain.bank.scoring import BEGINNING, told
from weft import new_id
from weft.errors import Invalid

from .test_matching import ADA, BOB, item, line

D = Decimal
FEES = Rule(name="Bank fees", direction="out", words=("Kontoführung",), least=D(1), most=D(20), to_account="6855")


def test_a_rule_takes_a_line_only_when_every_condition_holds() -> None:
    assert FEES.takes(line("-4.90", "KONTOFUEHRUNG / Kontoführung 03/2026"))
    assert FEES.takes(line("-4.90", "KONTOFÜHRUNG"))
    assert not FEES.takes(line("4.90", "Kontoführung"))
    assert not FEES.takes(line("-40.90", "Kontoführung"))
    assert not FEES.takes(line("-4.90", "Miete"))


def test_a_rules_suggestion_says_what_it_saw() -> None:
    one = line("-4.90", "Kontoführung März")
    (found,) = suggest([one], [], rules=[FEES])[one.id]
    assert (found.kind, found.account) == ("rule", "6855")
    assert found.reasons == ("Rule “Bank fees”.", "The text has “Kontoführung”.", "The amount is between 1 and 20.")
    assert not found.certain


def test_an_automatic_rule_is_certain_and_the_first_by_order_wins() -> None:
    late = Rule(name="All fees", any_words=("konto", "entgelt"), to_account="9999", automatic=True, order=200)
    one = line("-4.90", "Kontoführung")
    assert first_rule(one, [late, FEES]) is FEES
    other = line("-4.90", "Entgelt")
    assert suggest([other], [], rules=[late, FEES])[other.id][0].certain


def test_a_rule_for_a_party_lets_its_items_be_looked_through() -> None:
    rule = Rule(name="Ada pays through a factor", words=("FACTORING",), to_party=ADA)
    items = [item("100.00", "INV-101"), item("150.00", "INV-102"), item("99.00", "INV-103", BOB, "Bob Ltd")]
    one = line("250.00", "Factoring settlement", "Crefo Factoring")
    assert {each.item for each in suggest([one], items, rules=[rule])[one.id][0].parts} == {items[0].id, items[1].id}


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(name=" ", words=("x",), to_account="1"), "name"),
        (Rule(name="a", to_account="1"), "words"),
        (Rule(name="a", words=("x",)), "to_account"),
        (Rule(name="a", words=("x",), to_account="1", least=D(5), most=D(1)), "most"),
        (Rule(name="a", words=("x",), to_account="1", least=D(-5)), "least"),
    ],
)
def test_a_rule_that_says_nothing_or_leads_nowhere_is_refused(rule: Rule, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(rule)
    assert field in caught.value.fields
    assert checked(FEES) is FEES


def decisions(count: int, trusted: str, rng: random.Random) -> list[Example]:
    """Return decisions of somebody who accepts exactly what has one feature."""
    found = []
    for _ in range(count):
        values = {name: float(rng.random() < 0.5) for name in FEATURES}
        found.append(Example(Features(**values), "amount", values[trusted] > 0))
    return found


def test_what_this_tenant_goes_by_is_learned() -> None:
    learned = train(decisions(300, "strange", random.Random(1)))
    trusted = Features(strange=1.0, exact=1.0)
    assert learned.score(trusted) > 0.8 > BEGINNING.score(trusted)
    assert learned.examples == 300
    assert "not alike" in told(learned)[0]


def test_few_decisions_change_little_and_fewer_than_twenty_nothing() -> None:
    assert train(decisions(LEAST - 1, "strange", random.Random(2))).values == BEGINNING.values
    odd = train(
        [
            Example(Features(structured=1.0, exact=1.0, alone=1.0), "structured", False),
            *[Example(Features(exact=1.0), "amount", True)] * LEAST,
        ]
    )
    assert odd.score(Features(structured=1.0, exact=1.0, alone=1.0)) > 0.6


def test_what_was_decided_is_told_with_the_suggestion() -> None:
    examples = [Example(Features(reference=1.0, exact=1.0), "reference", True)] * 38 + [
        Example(Features(partial=1.0), "reference", False)
    ] * 2
    learned = train(examples)
    one = line("240.00", "INV-2026-1")
    assert (
        "You accepted 38 of 40 suggestions of this kind."
        in suggest([one], [item("240.00", "INV-2026-1")], weights=learned)[one.id][0].reasons
    )


def test_learning_twice_from_the_same_comes_to_the_same() -> None:
    examples = decisions(60, "account", random.Random(3))
    assert train(examples) == train(examples)


def test_an_account_belongs_to_whom_it_always_paid_for() -> None:
    assert accounts_of([("DE02 1203", ADA), ("de021203", ADA), ("X1", ADA), ("X1", BOB), ("", ADA)]) == {"DE021203": ADA}


def test_three_bookings_alike_propose_a_rule() -> None:
    rent = [Booking(name="Grundbesitz Ost GmbH", text=f"Miete {month}/2026", to_account="6310") for month in (1, 2, 3)]
    (rule,) = propose_rules([*rent, Booking(name="Stadtwerke", text="Strom", to_account="6325")])
    assert (rule.counterparty, rule.direction, rule.to_account) == ("Grundbesitz Ost GmbH", "out", "6310")
    assert rule.takes(line("-700.00", "Miete 4/2026", "GRUNDBESITZ OST"))
    assert propose_rules(rent[:2]) == []
    assert propose_rules(rent, [rule]) == []


def test_no_rule_is_proposed_that_would_have_booked_another_line_wrongly() -> None:
    alike = [Booking(name="Amazon", text="order", to_account="6815") for _ in range(3)]
    assert propose_rules([*alike, Booking(name="Amazon", text="order", to_account="0650")]) == []


def test_words_are_shared_where_there_is_no_counterparty() -> None:
    fees = [Booking(text=f"Entgeltabschluss per {day}.2026 Konto", to_account="6855") for day in ("31.01", "28.02", "31.03")]
    (rule,) = propose_rules(fees)
    assert rule.words[0] == "ENTGELTABSCHLUSS"
    assert rule.takes(line("-6.00", "Entgeltabschluss per 30.04.2026 Konto"))


def test_a_rule_keeps_its_id_in_the_suggestion() -> None:
    rule = Rule(id=new_id(), name="x", words=("fee",), to_account="1")
    one = line("-1.00", "fee")
    assert suggest([one], [], rules=[rule])[one.id][0].rule == rule.id
