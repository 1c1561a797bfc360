"""What roles can be allowed to do with the catalogue."""

from weft import Permission, RoleTemplate

READ = Permission("catalogue.product.read", "See products and prices")
EDIT = Permission("catalogue.product.edit", "Create and change products")
DELETE = Permission("catalogue.product.delete", "Delete products for good")
PRICE = Permission("catalogue.price.edit", "Set and change prices")
SETUP = Permission("catalogue.setup.edit", "Arrange categories, units and price lists")
IMPORT = Permission("catalogue.product.import", "Import products")

PERMISSIONS = (READ, EDIT, DELETE, PRICE, SETUP, IMPORT)
ROLES = (
    RoleTemplate("reader", "Catalogue reader", (READ,)),
    RoleTemplate("editor", "Catalogue editor", (READ, EDIT, SETUP, IMPORT)),
    RoleTemplate("price_manager", "Price manager", (READ, PRICE)),
    RoleTemplate("manager", "Catalogue manager", PERMISSIONS),
)
