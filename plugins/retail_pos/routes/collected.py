"""Every page of the tills, and what their devices ask for."""

from litestar.types import ControllerRouterHandler

from .accounts import ACCOUNTS
from .barcodes import show_barcodes
from .devices import pair, show_state, take_records
from .fiscal import FISCAL
from .numbers import NUMBERS
from .paper import PAPER, PAPER_PUBLIC
from .parked import decide, parked_list, show_parked
from .promotions import PROMOTIONS
from .receipts import receipt_list, show_receipt
from .refunds import ask_refund, give_refund
from .sessions import close_session, session_list, session_pdf, show_session
from .till import TILL_PUBLIC
from .tills import (
    add_operator,
    add_store,
    add_till,
    change_operator,
    change_store,
    change_till,
    new_operator,
    new_store,
    new_till,
    offer_pairing,
    revoke,
    show_operator,
    show_setup,
    show_store,
    show_till,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *(show_setup, new_store, add_store, show_store, change_store),
    *(new_till, add_till, show_till, change_till, offer_pairing, revoke),
    *(new_operator, add_operator, show_operator, change_operator),
    *(receipt_list, show_receipt, session_list, show_session, close_session, session_pdf),
    *(parked_list, show_parked, decide, ask_refund, give_refund),
    *ACCOUNTS,
    *PAPER,
    *NUMBERS,
    *FISCAL,
    *PROMOTIONS,
    show_barcodes,
)
PUBLIC: tuple[ControllerRouterHandler, ...] = (pair, show_state, take_records, *PAPER_PUBLIC, *TILL_PUBLIC)
