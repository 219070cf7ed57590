"""The usual terms as names of columns; the failure kind of listings."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# (table, name before, name after)
_RENAMED = (
    ("portals", "certified", "complete"),
    ("portals", "troubles", "failure_kinds"),
    ("portals", "rest_until", "backoff_until"),
    ("portal_runs", "certified", "complete"),
    ("portal_runs", "trouble", "failure_kind"),
    ("lists", "mark", "watermark"),
    ("lists", "marked_at", "completed_at"),
    ("articles", "given", "inline"),
)

_listings = sa.table("listings", sa.column("error", sa.Text()), sa.column("failure_kind", sa.String(length=32)))
_events = sa.table(
    "events", sa.column("seq", sa.Integer()), sa.column("kind", sa.String(length=32)), sa.column("detail", sa.Text())
)


# Without batch mode: it would rebuild tables that others point to, and SQLite renames and drops columns by itself.
def upgrade() -> None:
    for table, before, after in _RENAMED:
        op.alter_column(table, before, new_column_name=after)
    op.add_column("listings", sa.Column("failure_kind", sa.String(length=32), nullable=True))
    refused = _listings.c.error.like("%Forbidden by robots.txt%")
    op.execute(sa.update(_listings).where(refused).values(failure_kind="forbidden by robots.txt"))
    _rename_in_details("trouble", "failure_kind")


def downgrade() -> None:
    _rename_in_details("failure_kind", "trouble")
    op.drop_column("listings", "failure_kind")
    for table, before, after in reversed(_RENAMED):
        op.alter_column(table, after, new_column_name=before)


def _rename_in_details(before: str, after: str) -> None:
    """Rename a key in the details of the events of portals, which are JSON objects in text columns; few rows."""
    connection = op.get_bind()
    query = sa.select(_events.c.seq, _events.c.detail).where(_events.c.kind.like("portal.%"))
    for seq, detail in connection.execute(query.where(_events.c.detail.is_not(None))).fetchall():
        renamed = {after if key == before else key: value for key, value in json.loads(detail).items()}
        written = json.dumps(renamed, ensure_ascii=False)
        connection.execute(sa.update(_events).where(_events.c.seq == seq).values(detail=written))
