"""Questionnaires: the model, its files, and the check of answers against it. Pure; XLSForm's words."""
