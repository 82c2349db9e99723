"""Packed snapshots for replicas on other machines"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot_parts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["snapshots.number"], name=op.f("fk_snapshot_parts_number_snapshots"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", "part", name=op.f("pk_snapshot_parts")),
    )


def downgrade() -> None:
    op.drop_table("snapshot_parts")
