"""What Alembic runs. The caller hands over its connection, in a transaction that it commits itself."""

from __future__ import annotations

from alembic import context

from storage.tables import bookkeeping

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=bookkeeping,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite changes a table only by copying it
)
with context.begin_transaction():
    context.run_migrations()
