"""Runs the migrations, in the transaction of the caller or, from the alembic command, in one of its own."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection, create_engine


def _target_metadata():
    """The tables to compare with; only the alembic command compares, and only for it is our code imported."""
    if context.config.attributes.get("connection") is not None:
        return None
    from storage.tables import metadata

    return metadata


def _render_item(type_, obj, _autogen_context):
    """Write plain column types into revisions: they must not depend on code that changes later."""
    if type_ == "type" and type(obj).__name__ == "Instant":
        return "sa.DateTime(timezone=True)"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=_target_metadata(),
        render_item=_render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _migrate_alone() -> None:
    url = os.environ.get("POLICYWATCH_DATABASE_URL", "sqlite:///policywatch.sqlite")
    with create_engine(url).begin() as connection:
        _migrate(connection)


callers_connection = context.config.attributes.get("connection")
_migrate(callers_connection) if callers_connection is not None else _migrate_alone()
