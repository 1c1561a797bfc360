"""What roles can be allowed to do with purchasing."""

from weft import Permission, RoleTemplate

READ = Permission("purchasing.order.read", "See orders, receipts and suppliers")
EDIT = Permission("purchasing.order.edit", "Write purchase orders and ask for approval")
APPROVE = Permission("purchasing.order.approve", "Approve purchase orders of others")
APPROVE_HIGH = Permission("purchasing.order.approve_high", "Approve purchase orders of any amount, as the second one")
RECEIVE = Permission("purchasing.receipt.enter", "Receive goods and send them back")
BILL = Permission("purchasing.bill.match", "Enter and match suppliers' bills, spread landed costs")
RELEASE = Permission("purchasing.bill.release", "Release bills that differ from order and receipt")
PRICES = Permission("purchasing.price.edit", "Keep suppliers and their prices")

LIMITS = Permission("purchasing.limit.edit", "Set how much each person may approve")

PERMISSIONS = (READ, EDIT, APPROVE, APPROVE_HIGH, RECEIVE, BILL, RELEASE, PRICES, LIMITS)
ROLES = (
    RoleTemplate("buyer", "Buyer", (READ, EDIT, PRICES)),
    RoleTemplate("approver", "Approver of orders", (READ, APPROVE)),
    RoleTemplate("receiver", "Receiver of goods", (READ, RECEIVE)),
    RoleTemplate("bill_clerk", "Bill clerk", (READ, BILL)),
    RoleTemplate("manager", "Purchasing manager", PERMISSIONS),
)
