"""The audit of a data folder: what an examiner with root would look at, with its own list of what may be.

Written so that somebody who doesn't trust the service can read it alone: it opens files and tables by
itself and shares with the service only the key that counts envelopes, where it is given one.
"""
