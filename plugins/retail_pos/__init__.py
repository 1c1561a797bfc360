"""Retail: tills that sell without a connection, and a back office that takes every sale exactly once."""
