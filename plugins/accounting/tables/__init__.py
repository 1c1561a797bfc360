"""What accounting keeps."""

from .bank import BankAccount, BankDecision, BankFile, BankLearned, BankLine, BankMatch, BankRule, BankStatement
from .ledger import (
    Account,
    Attachment,
    Counter,
    Dimension,
    DimensionSet,
    DimensionValue,
    Draft,
    Entry,
    FiscalYear,
    Ground,
    Journal,
    Line,
    Lock,
    LockException,
    Period,
    PeriodBalance,
    PostingRule,
    Template,
)
from .seals import Bundle, Seal, Sealed, SealNode
from .trade import (
    Allocation,
    Document,
    DunningPolicy,
    PartyAlias,
    Payment,
    Rate,
    RecurringDocument,
    Reminder,
    Settlement,
    TaxAmount,
    TaxSystem,
    Terms,
)

TABLES = [
    *(FiscalYear, Period, Lock, LockException, Account, Journal, Dimension, DimensionValue, DimensionSet, PostingRule, Ground, Counter),
    *(Entry, Line, PeriodBalance, Draft, Template, Attachment),
    *(TaxSystem, Terms, Rate, Document, Payment, Settlement, Allocation, TaxAmount, DunningPolicy, Reminder, RecurringDocument, PartyAlias),
    *(BankAccount, BankFile, BankStatement, BankLine, BankMatch, BankRule, BankDecision, BankLearned),
    *(Seal, Sealed, SealNode, Bundle),
]
