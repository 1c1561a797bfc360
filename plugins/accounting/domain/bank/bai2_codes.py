"""BAI2 transaction codes: which way they go, and what the common ones mean."""

# Uniform BAI Balance Reporting codes; a bank's own (900-999) are credits up to 959 and debits from 960.
NAMES = {
    "108": "Credit",
    "115": "Lockbox deposit",
    "116": "Item in lockbox deposit",
    "135": "Credit memo",
    "142": "ACH credit received",
    "165": "Preauthorised ACH credit",
    "169": "Miscellaneous ACH credit",
    "175": "Cheque deposit",
    "195": "Incoming money transfer",
    "201": "Individual automatic transfer credit",
    "206": "Book transfer credit",
    "208": "Incoming international money transfer",
    "218": "Cash letter of credit",
    "275": "ZBA credit",
    "301": "Commercial deposit",
    "354": "Interest credit",
    "357": "Credit adjustment",
    "399": "Miscellaneous credit",
    "409": "Debit",
    "451": "ACH debit received",
    "455": "Preauthorised ACH debit",
    "469": "Miscellaneous ACH debit",
    "475": "Cheque paid",
    "495": "Outgoing money transfer",
    "506": "Book transfer debit",
    "508": "Outgoing international money transfer",
    "555": "Deposited item returned",
    "575": "ZBA debit",
    "595": "Cash letter return",
    "654": "Interest debit",
    "661": "Account analysis fee",
    "698": "Miscellaneous fees",
    "699": "Miscellaneous debit",
}


def is_debit(code: str) -> bool:
    """Tell whether a transaction code takes money from the account: 400-699, and 960-999 of a bank's own."""
    return "400" <= code <= "699" or "960" <= code <= "999"
