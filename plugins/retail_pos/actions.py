"""Buttons on receipts."""

from weft import Action

from .permissions import READ
from .records import RECEIPT

ACTIONS = (
    Action(record=RECEIPT.name, title="Print and send", path="/retail_pos/receipts/{id}/send", permission=READ, icon="send", order=40),
    Action(record=RECEIPT.name, title="PDF", path="/retail_pos/receipts/{id}/pdf", permission=READ, icon="file-type-pdf", order=41),
)
