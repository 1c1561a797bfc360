"""What is sealed in the database: numbers of bank accounts."""

from weft import Sealed

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
SEALED = (ACCOUNT_NUMBER,)
