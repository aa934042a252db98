"""What Alembic runs: every step within the transaction of the connection that ``storage.schema`` gives it."""

from __future__ import annotations

from alembic import context

from linkedaccounts.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the transaction is begun and committed by whoever gave the connection
    compare_type=True,
)
context.run_migrations()
