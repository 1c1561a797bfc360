"""Every page of banks."""

from .accounts import account_routes
from .columns import column_routes
from .reconcile import reconcile_routes
from .rules import rule_routes
from .statements import statement_routes

bank_routes = [*account_routes, *column_routes, *statement_routes, *reconcile_routes, *rule_routes]
