"""Translations of surveys: which texts there are, which follow their source, what goes to translators."""
