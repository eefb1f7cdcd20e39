"""Sealing: everything cryptographic about one answer, in the words of RFC 9180.

`seal` is for every channel; `open` and the private half of `keys` only for the private side.
"""
