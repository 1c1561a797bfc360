"""Webhooks: other systems are told of a business's events, signed, until they have them."""
