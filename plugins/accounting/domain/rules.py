"""Events that accounts are chosen for: the names that other modules post by, and that a tenant gives accounts to."""

from typing import NamedTuple

EVENTS: dict[str, tuple[str, str]] = {
    "receivable": ("Customers owe us", "Sales on credit, until they are paid."),
    "payable": ("We owe suppliers", "Purchases on credit, until they are paid."),
    "bank": ("Bank", "Where payments arrive unless a bank account says otherwise."),
    "cash": ("Cash", "What is in tills."),
    "payments_clearing": ("Payments on their way", "Cards and transfers between the sale and the bank."),
    "card_clearing": ("Card payments on their way", "What acquirers owe for sales at a till; by kind of payment as detail."),
    "card_fees": ("Card fees", "What acquirers keep."),
    "cash_in_safe": ("Cash in the safe", "What is not in a till."),
    "cash_in_transit": ("Cash on its way to the bank", "Taken out of the safe, not yet on a statement."),
    "cash_over": ("Cash over", "A till that holds more than it should; by till as detail."),
    "cash_short": ("Cash short", "A till that holds less than it should; by till as detail."),
    "cash_rounding": ("Cash rounding", "Where the smallest coins are gone."),
    "petty_expenses": ("Petty expenses", "Paid out of a till; by reason as detail."),
    "tips": ("Tips", "Taken with a payment, owed to employees."),
    "gift_cards": ("Gift cards", "Sold and not yet spent."),
    "store_credit": ("Store credit", "Owed to customers in goods, such as for returns."),
    "loyalty_points": ("Loyalty points", "Granted and not yet spent."),
    "loyalty_granted": ("Loyalty points granted", "What points take off sales when they are granted."),
    "breakage": ("Expired gift cards and points", "What nobody will spend."),
    "container_deposits": ("Deposits on containers", "Charged on bottles and crates, paid back when they return."),
    "sales_revenue": ("Sales", "What is sold; by product category as detail."),
    "sales_discount": ("Discounts given", ""),
    "shipping_revenue": ("Shipping charged", ""),
    "purchases": ("Purchases", "What is bought and not kept in stock."),
    "purchase_discount": ("Discounts received", ""),
    "inventory": ("Stock", "What stock is worth; by product category as detail."),
    "goods_received": ("Goods received, not invoiced", ""),
    "cost_of_sales": ("Cost of what is sold", ""),
    "stock_adjustment": ("Differences of stock", "Counts, losses, revaluation."),
    "stock_in_transit": ("Stock on its way", "Between two places of the business's own."),
    "scrap": ("Scrap and waste", "By reason as detail."),
    "landed_costs": ("Landed costs, not invoiced", "Freight, duty and insurance on goods, until their bills come."),
    "purchase_price_difference": ("Price differences of purchases", "Between what goods came in at and what their bill says."),
    "stock_receipts": ("Change of stock by receipts", "Continental posting: what suppliers bring."),
    "stock_issues": ("Change of stock by issues", "Continental posting: what is sold, used, lost or found."),
    "output_tax": ("Tax on sales", "By tax code as detail."),
    "input_tax": ("Tax on purchases", "By tax code as detail."),
    "output_tax_unpaid": ("Tax on sales, due when paid", "Cash accounting: until customers pay."),
    "input_tax_unpaid": ("Tax on purchases, deducted when paid", "Cash accounting: until suppliers are paid."),
    "withholding_tax": ("Tax withheld", ""),
    "customer_deposits": ("Deposits of customers", ""),
    "supplier_deposits": ("Deposits paid to suppliers", ""),
    "bank_fees": ("Bank fees", ""),
    "interest_income": ("Interest received", ""),
    "interest_expense": ("Interest paid", ""),
    "dunning_fees": ("Reminder fees", ""),
    "write_off": ("Bad debts", "Receivables that are given up."),
    "rounding": ("Rounding differences", ""),
    "exchange_gain": ("Exchange gains", ""),
    "exchange_loss": ("Exchange losses", ""),
    "unrealised_exchange": ("Unrealised exchange differences", "Revaluation at the end of a period."),
    "currency_conversion": ("Currency conversion", "Keeps entries in several currencies even in each."),
    "suspense": ("To be clarified", "What nobody could tell yet; empty before a year is closed."),
    "wages": ("Wages", ""),
    "opening_balance": ("Opening balances", "The other side of what a business brings along."),
    "retained_earnings": ("Retained earnings", "Where profit or loss goes when a year is closed."),
}


class PostingRule(NamedTuple):
    """Which account, by its code, an event goes to; `detail` narrows it."""

    event: str
    detail: str
    code: str


def where_to_set(event: str, detail: str = "") -> str:
    """Return the sentence for an event without an account."""
    title = EVENTS[event][0] if event in EVENTS else event
    about = f" ({detail})" if detail else ""
    return f"No account is set for “{title}”{about}: choose one under Accounting, Posting rules."
