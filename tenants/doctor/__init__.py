"""What `weft doctor` asks of the database."""

from tenants.doctor.examine import examine
from tenants.doctor.findings import Finding

__all__ = ["Finding", "examine"]
