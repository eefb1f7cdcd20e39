"""The life of a round: open → closing → closed → counted → released; each step safe to repeat."""
