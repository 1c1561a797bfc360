"""Every page of accounting."""

from litestar.types import ControllerRouterHandler

from .accounts import account_routes
from .bank.collected import bank_routes
from .entries import entry_routes
from .months import month_routes
from .opening import opening_routes
from .overview import overview
from .proof import proof_routes
from .setting import setting_routes
from .trade.aged import aged_routes
from .trade.documents import document_routes
from .trade.items import item_routes
from .trade.payments import payment_routes
from .trade.recurring import recurring_routes
from .trade.reminders import reminder_routes
from .trade.revaluation import revaluation_routes
from .trade.settling import settling_routes
from .trade.tax_categories import tax_category_routes
from .trade.taxes import tax_routes
from .years import year_routes

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *(overview, *entry_routes, *account_routes, *proof_routes, *setting_routes, *year_routes, *month_routes, *opening_routes),
    *(
        *item_routes,
        *document_routes,
        *payment_routes,
        *settling_routes,
        *tax_routes,
        *tax_category_routes,
        *revaluation_routes,
        *reminder_routes,
        *recurring_routes,
        *aged_routes,
        *bank_routes,
    ),
)
