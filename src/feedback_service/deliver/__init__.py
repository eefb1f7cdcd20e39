"""Delivery: recipients, and mails to them, each exactly once."""
