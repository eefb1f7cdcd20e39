"""Anonymous feedback."""
