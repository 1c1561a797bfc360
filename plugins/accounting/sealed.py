"""What is sealed in the database: numbers of bank accounts, the business's own and those of the other side."""

from weft import Sealed

from .domain.bank.account_numbers import main_account
from .domain.bank.wording import plain
from .permissions import NUMBERS

ACCOUNT_NUMBER = Sealed(
    table="accounting_bank_account",
    column="number_sealed",
    blind="number_blind",
    title="Bank account number",
    permission=NUMBERS,
    normal=plain,
    was="number",
)
# The numbers of the entry and of its transactions as one text; the first is what finds.
LINE_ACCOUNTS = Sealed(
    table="accounting_bank_line",
    column="accounts_sealed",
    blind="account_blind",
    title="Account numbers of the other side",
    permission=NUMBERS,
    normal=main_account,
)
# Of rules, inside of JSON, so no column of its own.
RULE_ACCOUNT = Sealed(table="accounting_bank_rule", column="account", title=LINE_ACCOUNTS.title, permission=NUMBERS)
