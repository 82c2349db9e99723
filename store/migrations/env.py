"""Alembic's environment: the address of the database comes from `store.migrate`."""

from alembic import context

from store.tables import all_tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=all_tables(), render_as_batch=True, compare_type=False)
with context.begin_transaction():
    context.run_migrations()
