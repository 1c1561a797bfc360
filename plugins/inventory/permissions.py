"""What roles can be allowed to do with stock."""

from weft import Permission, RoleTemplate

READ = Permission("inventory.stock.read", "See stock and moves")
VALUE = Permission("inventory.value.read", "See what stock costs and is worth")
MOVE = Permission("inventory.stock.move", "Receive, deliver and transfer goods")
COUNT = Permission("inventory.count.enter", "Count stock")
APPROVE = Permission("inventory.count.approve", "Approve differences of counts")
ADJUST = Permission("inventory.stock.adjust", "Adjust stock, undo moves and change costs")
SETUP = Permission("inventory.setup.edit", "Arrange warehouses, locations and reorder rules")

PERMISSIONS = (READ, VALUE, MOVE, COUNT, APPROVE, ADJUST, SETUP)
ROLES = (
    RoleTemplate("reader", "Stock reader", (READ,)),
    RoleTemplate("counter", "Stock counter", (READ, COUNT)),
    RoleTemplate("keeper", "Storekeeper", (READ, MOVE, COUNT)),
    RoleTemplate("manager", "Stock manager", PERMISSIONS),
)
