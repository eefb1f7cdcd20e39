"""The private side: envelopes are opened here, checked and counted; raw counts never leave the process."""
