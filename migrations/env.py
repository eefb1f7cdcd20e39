"""Runs migrations on the connection that the service hands over; nothing is configured twice."""

from alembic import context

from feedback_service.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
