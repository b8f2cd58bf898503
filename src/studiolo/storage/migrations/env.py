"""Run by Alembic, in the transaction of the connection it is given."""

from alembic import context

from studiolo.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
