"""What roles can be allowed to do with the books."""

from weft import Permission, RoleTemplate

READ = Permission("accounting.ledger.read", "See the books and reports")
DRAFT = Permission("accounting.entry.draft", "Prepare entries")
POST = Permission("accounting.entry.post", "Post and reverse entries")
IMPORT = Permission("accounting.entry.import", "Import entries and books")
SETUP = Permission("accounting.setup.edit", "Arrange accounts, journals, dimensions and posting rules")
LOCK = Permission("accounting.lock.edit", "Lock periods and grant exceptions")
CLOSE = Permission("accounting.year.close", "Open and close fiscal years, and lock them for good")
DOCUMENT = Permission("accounting.document.edit", "Prepare invoices and bills")
ISSUE = Permission("accounting.document.post", "Post and send invoices and bills")
PAY = Permission("accounting.payment.edit", "Record and take back payments")
TAX = Permission("accounting.tax.edit", "Arrange taxes, payment terms and exchange rates")
BANK = Permission("accounting.bank.import", "Bring in bank statements and let discrepancies pass")
RECONCILE = Permission("accounting.bank.reconcile", "Reconcile bank lines, and undo it")
NUMBERS = Permission("accounting.bank.number", "See whole numbers of bank accounts")

PERMISSIONS = (READ, DRAFT, POST, IMPORT, SETUP, LOCK, CLOSE, DOCUMENT, ISSUE, PAY, TAX, BANK, RECONCILE, NUMBERS)
ROLES = (
    RoleTemplate("auditor", "Auditor", (READ,)),
    RoleTemplate("bookkeeper", "Bookkeeper", (READ, DRAFT, POST, IMPORT, DOCUMENT, ISSUE, PAY, BANK, RECONCILE)),
    RoleTemplate("accountant", "Accountant", PERMISSIONS),
)
