"""Links with which somebody who has an account chooses another password"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_invitations_user"), "users", ["user"], ["name"], ondelete="CASCADE")


def downgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invitations_user"), type_="foreignkey")
        batch_op.drop_column("user")
