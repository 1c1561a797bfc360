"""What is sealed in the database: bank accounts, and numbers that authorities gave to people."""

from weft import Sealed

from .permissions import NUMBERS

# `value` holds the entry of the blind index for sealed kinds, and the number itself for all others, which are public.
IDENTIFIER = Sealed(table="contacts_identifier", column="sealed", blind="value", title="Bank accounts and tax numbers", permission=NUMBERS)
# Parties as they were before a merge or an import, bound to the party; inside of JSON, so no column of its own.
SNAPSHOT = Sealed(table="contacts_party", column="snapshot", title=IDENTIFIER.title, permission=NUMBERS)
