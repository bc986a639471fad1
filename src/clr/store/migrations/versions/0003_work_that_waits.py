"""work that waits: how far it is, with whom it failed, and who works it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("after", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("left", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("stumbles", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("asked_by", sa.String(), nullable=True))
    with op.batch_alter_table("job", schema=None) as batch_op:  # the defaults were for rows that stood there
        for name in ("after", "left", "attempt", "stumbles"):
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        "job_worker",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_worker")),
    )


def downgrade() -> None:
    op.drop_table("job_worker")
    with op.batch_alter_table("job", schema=None) as batch_op:
        for name in ("asked_by", "stumbles", "attempt", "left", "after"):
            batch_op.drop_column(name)
