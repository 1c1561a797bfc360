"""What a role can be allowed to do, and the roles to begin with."""

from weft import Permission, RoleTemplate

READ = Permission("sample_tasks.task.read", "See tasks")
EDIT = Permission("sample_tasks.task.edit", "Add, change and finish tasks")

ALL = (READ, EDIT)

READER = RoleTemplate("reader", "Sample tasks reader", (READ,))
EDITOR = RoleTemplate("editor", "Sample tasks editor", ALL)
