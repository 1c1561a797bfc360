"""Modules that are removed: their tables in the trash for thirty days, undone whole, or purged with a certificate."""
