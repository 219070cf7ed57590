"""Inline articles, failure kinds, and the backoff of portals; the columns have their former names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


# Without batch mode: it would rebuild tables that others point to, and SQLite adds and drops columns by itself.
def upgrade() -> None:
    op.add_column("articles", sa.Column("given", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_listings_portal_published_at"), "listings", ["portal", "published_at"], unique=False)
    op.add_column("portal_runs", sa.Column("trouble", sa.String(length=32), nullable=True))
    op.add_column("portals", sa.Column("troubles", sa.Text(), nullable=True))
    op.add_column("portals", sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("portals", "rest_until")
    op.drop_column("portals", "troubles")
    op.drop_column("portal_runs", "trouble")
    op.drop_index(op.f("ix_listings_portal_published_at"), table_name="listings")
    op.drop_column("articles", "given")
