"""cohorts, and who belonged to one when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_cohort_created_by")),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuer.id"], name=op.f("fk_cohort_issuer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
    )
    op.create_index(op.f("ix_cohort_issuer_id"), "cohort", ["issuer_id"])
    op.create_table(
        "cohort_member",
        sa.Column("cohort_id", sa.String(), nullable=False),
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_cohort_member_added_by")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_member_cohort_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_cohort_member_ended_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_cohort_member_learner_id")),
        sa.PrimaryKeyConstraint("cohort_id", "learner_id", "joined_at", name=op.f("pk_cohort_member")),
    )
    op.create_index(op.f("ix_cohort_member_learner_id"), "cohort_member", ["learner_id"])


def downgrade() -> None:
    op.drop_table("cohort_member")
    op.drop_table("cohort")
