"""What a role can be allowed to do with contacts, and the roles to begin with."""

from weft import Permission, RoleTemplate

READ = Permission("contacts.party.read", "See contacts")
EDIT = Permission("contacts.party.edit", "Add and change contacts")
ARCHIVE = Permission("contacts.party.archive", "Archive contacts and bring them back")
MERGE = Permission("contacts.party.merge", "Merge duplicates, and undo that")
EXPORT = Permission("contacts.party.export", "Export contacts as vCards")
NUMBERS = Permission("contacts.party.numbers", "See whole bank accounts and tax numbers of contacts")

ALL = (READ, EDIT, ARCHIVE, MERGE, EXPORT, NUMBERS)

READER = RoleTemplate("reader", "Contacts reader", (READ,))
EDITOR = RoleTemplate("editor", "Contacts editor", (READ, EDIT, ARCHIVE))
MANAGER = RoleTemplate("manager", "Contacts manager", ALL)
