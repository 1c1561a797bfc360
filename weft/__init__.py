"""Everything a plugin may import, in one place; `weft.contracts` holds what plugins may ask of each other."""

from weft.assets import Assets
from weft.checks import Answer, Check, Checked, CheckRun, ClosingCheck, Finding
from weft.data import Exporter, Importer, Numbered, Outcome, PersonalData, RowProblem, Written
from weft.documents import PrintedDocument, locale_in, words_in
from weft.errors import Conflict, Invalid, Missing, Refused, Stale, Unavailable, WeftError
from weft.events import Event, Subscription
from weft.files import Files, MailFile, StoredFile
from weft.forms import Form, number, read_fields
from weft.ids import new_id
from weft.jobs import Job, Priority, Schedule
from weft.lifecycle import HealthCheck, Lifecycle
from weft.listing import Choice, Column, ColumnKind, Condition, Listing, Segment
from weft.money import CurrencyMismatch, Money, allocate, is_currency, minor_unit, round_to
from weft.permissions import ForAnyone, ForEveryone, Needs, Permission, RoleTemplate, for_anyone, for_everyone, needs
from weft.plugin import Plugin, hookimpl
from weft.records import Change, RecordKind, RecordRef
from weft.reports import CellKind, Comparison, Report, ReportChart, ReportColumn, ReportRow, RowKind, shifted
from weft.sealed import Sealed, Seals, Secret
from weft.search import Hit, SearchSource
from weft.services import Provided
from weft.settings import Settings
from weft.tenant import Person, Row, Scope, Tenant
from weft.ui import Action, MenuItem, Panel, Ui, Widget
from weft.web import TheForm, TheTenant, TheUi, query_budget

__all__ = [
    "Action",
    "Answer",
    "Assets",
    "CellKind",
    "Change",
    "Check",
    "CheckRun",
    "Checked",
    "Choice",
    "ClosingCheck",
    "Column",
    "ColumnKind",
    "Comparison",
    "Condition",
    "Conflict",
    "CurrencyMismatch",
    "Event",
    "Exporter",
    "Files",
    "Finding",
    "ForAnyone",
    "ForEveryone",
    "Form",
    "HealthCheck",
    "Hit",
    "Importer",
    "Invalid",
    "Job",
    "Lifecycle",
    "Listing",
    "MailFile",
    "MenuItem",
    "Missing",
    "Money",
    "Needs",
    "Numbered",
    "Outcome",
    "Panel",
    "Permission",
    "Person",
    "PersonalData",
    "Plugin",
    "PrintedDocument",
    "Priority",
    "Provided",
    "RecordKind",
    "RecordRef",
    "Refused",
    "Report",
    "ReportChart",
    "ReportColumn",
    "ReportRow",
    "RoleTemplate",
    "Row",
    "RowKind",
    "RowProblem",
    "Schedule",
    "Scope",
    "Sealed",
    "Seals",
    "SearchSource",
    "Secret",
    "Segment",
    "Settings",
    "Stale",
    "StoredFile",
    "Subscription",
    "Tenant",
    "TheForm",
    "TheTenant",
    "TheUi",
    "Ui",
    "Unavailable",
    "WeftError",
    "Widget",
    "Written",
    "allocate",
    "for_anyone",
    "for_everyone",
    "hookimpl",
    "is_currency",
    "locale_in",
    "minor_unit",
    "needs",
    "new_id",
    "number",
    "query_budget",
    "read_fields",
    "round_to",
    "shifted",
    "words_in",
]
