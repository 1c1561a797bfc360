"""Changes of modules, tried on a copy that is thrown away, and what they come to."""
