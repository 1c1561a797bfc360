"""What a role can be allowed to do with loyalty cards."""

from weft import Permission, RoleTemplate

READ = Permission("acme_loyalty.member.read", "See loyalty cards")
GIVE = Permission("acme_loyalty.member.give", "Give and take points")

ALL = (READ, GIVE)

CASHIER = RoleTemplate("cashier", "Loyalty cashier", ALL)
MANAGER = RoleTemplate("viewer", "Loyalty viewer", (READ,))
