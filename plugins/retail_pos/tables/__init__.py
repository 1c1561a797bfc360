"""What the tills of a business write down, and what is set for them."""

from .books import Book
from .daily import Daily, DailyItem, DayMark, MonthItem, Summed
from .history import History
from .inbox import Inbox, Problem
from .paper import Archive, Copy, PeriodPart
from .promotions import Promotion
from .sales import LineDiscount, LineTax, Receipt, ReceiptLine, ReceiptTax, Tender
from .sessions import CashMovement, FiscalPeriod, Session, TillEvent
from .setup import Operator, Store, Till
from .values import LoyaltyAccount, LoyaltyEntry, StoredValue, StoredValueEntry

TABLES = [
    *(Store, Till, Operator, Promotion),
    *(Inbox, Problem),
    *(FiscalPeriod, Session, CashMovement, TillEvent),
    *(Receipt, ReceiptLine, LineDiscount, LineTax, ReceiptTax, Tender),
    *(StoredValue, StoredValueEntry, LoyaltyAccount, LoyaltyEntry),
    *(Copy, Archive, PeriodPart, History, Book),
    *(Summed, DayMark, Daily, DailyItem, MonthItem),
]

__all__ = [
    "TABLES",
    "CashMovement",
    "DayMark",
    "FiscalPeriod",
    "Inbox",
    "LineDiscount",
    "LineTax",
    "LoyaltyAccount",
    "LoyaltyEntry",
    "Operator",
    "Problem",
    "Receipt",
    "ReceiptLine",
    "ReceiptTax",
    "Session",
    "Store",
    "StoredValue",
    "StoredValueEntry",
    "Tender",
    "Till",
    "TillEvent",
]
