"""Plain-text books of our own with what real ones have: their balances are known to the cent."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.accounting.domain.books import beancount, ledger
from plugins.accounting.domain.books.model import class_of
from plugins.accounting.domain.books.numbers import read_amount
from plugins.accounting.domain.books.rows import rows_of
from weft import Invalid

BEANS = """
;;; a ledger
option "operating_currency" "USD"
2024-01-01 open Assets:Bank          USD
2024-01-01 open Assets:Broker
2024-01-01 open Equity:Opening
2024-01-01 open Income:Gains
2024-01-01 open Expenses:Fees
2024-01-01 commodity GLD
  name: "Gold"

2024-01-02 pad Assets:Bank Equity:Opening
2024-01-03 balance Assets:Bank   1,000.00 USD

2024-02-01 * "Broker" "Buys ; gold" #gold ^link
  id: "77"
  Assets:Broker    2 GLD {150.005 USD, 2024-02-01}   ; a lot
  Expenses:Fees    9.95 USD
  Assets:Bank

2024-03-01 ! "Sells"
  Assets:Broker   -1 GLD {150.005 USD} @ 160.00 USD
  Assets:Bank      160.00 USD
  Income:Gains
2024-03-02 balance Assets:Broker  1 GLD
2024-03-02 price GLD 161.00 USD
2024-03-03 balance Assets:Bank  1.00 USD
"""
LEDGER = """
; comments
# and more
comment
2024/01/01 not read
end comment
account assets:bank    ; type:C
account owed           ; type:L
D $1,000.00
= /^income/
  (owed:tithe)   0.12
~ monthly
  assets:bank  $100
  income

2024/01/01=2024/01/03 * (17) Opening  ; a note
    assets:bank               $1,200.50 = $1200.50
    assets:cash                 100 EUR @@ $110.00
    equity:opening

1/5 Shares
  ; a note
  assets:broker               3 AAPL @ $10.10
  * assets:bank              $-30.30
  (virtual:budget)            $5.00

2024-01-06 Swap
    assets:cash     -50 EUR
    assets:bank      $55
2024-01-07 Wrong
    assets:bank      $5
    owed            $-4
"""


def test_a_beancount_ledger_comes_to_its_balances() -> None:
    book = beancount.read(BEANS)
    assert book.balance("Assets:Bank", upto=date(2024, 1, 3)) == {"USD": Decimal("1000.00")}
    assert book.balance("Assets:Bank") == {"USD": Decimal("850.04")}
    assert book.balance("Assets:Broker") == {"GLD": Decimal(1)}
    assert book.balance("Assets:Broker", at_cost=True) == {"USD": Decimal("150.005")}
    assert book.balance("Income") == {"USD": Decimal("-9.995")}
    assert [problem.sentence for problem in book.problems] == ["Assets:Bank holds 850.040 USD and should hold 1.00."]


def test_a_ledger_journal_comes_to_its_balances_and_leaves_rules_out() -> None:
    book = ledger.read(LEDGER, 2024)
    assert book.balance("assets:bank") == {"$": Decimal("1225.20")}
    assert book.balance("assets:cash") == {"EUR": Decimal(50)}
    assert book.balance("equity") == {"$": Decimal("-1310.50")}
    assert book.balance("virtual", virtual=True) == {"$": Decimal("5.00")}
    assert book.balance("virtual") == book.balance("owed") == {}
    assert [(problem.line, problem.sentence) for problem in book.problems] == [(30, "The postings do not balance: 1 $ is left.")]
    assert book.transactions[1].day == date(2024, 1, 5)
    assert [class_of(name, book.accounts) for name in ("assets:bank", "owed:x", "income:y", "else")] == ["asset", "liability", "income", ""]


def test_rows_are_weights_in_currencies_with_what_rounding_leaves() -> None:
    rows = [row for row in rows_of(beancount.read(BEANS)) if row.get("date") == "2024-02-01"]
    assert [(row["account"], row["amount"], row["currency"]) for row in rows] == [
        ("Assets:Broker", "300.01", "USD"),
        ("Expenses:Fees", "9.95", "USD"),
        ("Assets:Bank", "-309.96", "USD"),
    ]
    assert rows[0]["text"] == "2 GLD"
    sale = [row for row in rows_of(beancount.read(BEANS)) if row.get("date") == "2024-03-01"]
    assert sum(Decimal(row["amount"]) for row in sale) == 0


def test_what_is_no_currency_is_left_out_and_told() -> None:
    book = ledger.read("2024-01-01 Vacation\n  assets:hours   8 HOURS\n  income:hours\n", 2024)
    assert ["no currencies" in row[""] for row in rows_of(book)] == [True]


@pytest.mark.parametrize(
    ("text", "number", "commodity"),
    [
        ("$1,000.00", "1000.00", "$"),
        ("$ -225.00", "-225.00", "$"),
        ("-$5", "-5", "$"),
        ("$-50", "-50", "$"),
        ("500.00€", "500.00", "€"),
        ("1.000,50 EUR", "1000.50", "EUR"),
        ("EUR 12,5", "12.5", "EUR"),
        ('3 "green apples"', "3", "green apples"),
        ("1'000.5 CHF", "1000.5", "CHF"),
        ("10", "10", ""),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, number: str, commodity: str) -> None:
    amount, rest = read_amount(text)
    assert (amount.number, amount.commodity, rest) == (Decimal(number), commodity, "")


@pytest.mark.parametrize("text", ["", "abc", "$ x", "USD 5 EUR"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no amount"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('2024-01-01 * "x"\n  Assets:A  1 GLD {}\n  Assets:B\n', "which lot"),
        ('2024-01-01 * "x"\n  Assets:A\n  Assets:B\n', "More than one amount"),
        ('2024-01-01 * "x"\n  Assets:A  1\n  Assets:B\n', "no currency"),
        ('2024-01-01 * "x"\n  assets  1 USD\n  Assets:B\n', "no posting"),
        ("2024-13-01 open Assets:A\n", "month"),
        ('include "other.beancount"\n', "included"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, said: str) -> None:
    book = beancount.read(text)
    assert any(said in problem.sentence for problem in book.problems), book.problems
    assert book.problems[0].line == 1 or book.problems[0].sentence.startswith("Line")


def test_hours_beside_wages_leave_the_wages() -> None:
    text = "2024-01-01 Pay\n  assets:bank   100 USD\n  income:pay  -100 USD\n  assets:hours   8 HOURS\n  income:hours  -8 HOURS\n"
    rows = list(rows_of(ledger.read(text, 2024)))
    assert [(row["account"], row["amount"]) for row in rows] == [("assets:bank", "100.00"), ("income:pay", "-100.00")]
    assert rows[0]["description"] == "Pay (without HOURS)"
