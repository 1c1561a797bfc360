"""What roles can be allowed to do with the tills."""

from weft import Permission, RoleTemplate

READ = Permission("retail_pos.sales.read", "See receipts, sessions and sales figures")
SELL = Permission("retail_pos.till.use", "Open the till and sell")
REFUND = Permission("retail_pos.sales.refund", "Take goods back at the back office")
CASH = Permission("retail_pos.session.close", "Close sessions and make the Z report")
DECIDE = Permission("retail_pos.parked.decide", "Decide on records that are parked")
VALUES = Permission("retail_pos.values.edit", "Issue, book on, block and move gift cards, store credit and points")
SETUP = Permission("retail_pos.setup.edit", "Set up stores, tills, operators and promotions")

PERMISSIONS = (READ, SELL, REFUND, CASH, DECIDE, VALUES, SETUP)
ROLES = (
    RoleTemplate("assistant", "Shop assistant", (SELL, READ)),
    RoleTemplate("manager", "Shop manager", PERMISSIONS),
    RoleTemplate("reader", "Sales reader", (READ,)),
)
