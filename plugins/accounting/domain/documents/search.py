"""The text by which documents and payments are found."""

import unicodedata

from .stored import StoredDocument, StoredPayment


def fold(text: str) -> str:
    """Return a text in lower case and without accents, each word with a space before it."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return "".join(f" {word}" for word in plain.casefold().split())


def search_text(document: StoredDocument) -> str:
    """Return what a document is found by: number, party, reference and total."""
    return fold(f"{document.number} {document.party_name} {document.reference} {document.total:f}")


def payment_text(payment: StoredPayment) -> str:
    """Return what a payment is found by."""
    return fold(f"{payment.number} {payment.party_name} {payment.reference} {payment.amount:f}")
