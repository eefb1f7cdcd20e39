"""The passphrase of every demonstration's keys. By itself, as every command knows it and few set one up."""

from __future__ import annotations

from ..secret import Secret

# Public on purpose: it protects invented answers, and whoever tries the demo must be able to count.
DEMO_PASSPHRASE = Secret(b"demo")
