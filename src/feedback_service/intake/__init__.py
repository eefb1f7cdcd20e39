"""Where answers come in: one door, and behind it the spool in which their order disappears."""
