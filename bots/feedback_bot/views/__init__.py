"""A state as one message: a heading, a text, what should be covered, rows of buttons."""
