"""Renderers: pure functions from the report model to a document. They import the model and nothing else."""
