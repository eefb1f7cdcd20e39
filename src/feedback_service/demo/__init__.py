"""The demonstration: an installation with invented answers that travelled the whole real path."""
