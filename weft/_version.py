"""The version of the face: its first number changes when a plugin written for the one before may break."""

__version__ = "1.0.0"
