"""exceptions, milestones that lost their support, what time will change, archived pathways."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("achievement_id", sa.String(), nullable=False),
        sa.Column("clause_id", sa.String(), nullable=False),
        sa.Column("instead_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_allowance_achievement_id")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_allowance_given_by")),
        sa.ForeignKeyConstraint(["instead_id"], ["achievement.id"], name=op.f("fk_allowance_instead_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_allowance_learner_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_allowance_withdrawn_by")),
        sa.PrimaryKeyConstraint("learner_id", "id", name=op.f("pk_allowance")),
    )
    op.create_index(op.f("ix_allowance_id"), "allowance", ["id"])
    with op.batch_alter_table("award") as award:
        award.add_column(sa.Column("support_lost_at", sa.DateTime(timezone=True), nullable=True))
        award.add_column(sa.Column("upheld_at", sa.DateTime(timezone=True), nullable=True))
        award.add_column(sa.Column("upheld_because", sa.String(), nullable=True))
    with op.batch_alter_table("stack_version") as stack:
        stack.add_column(sa.Column("on_lost", sa.String(), nullable=False, server_default="suspend"))
    with op.batch_alter_table("pathway") as pathway:
        pathway.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("learner") as learner:
        learner.add_column(sa.Column("next_transition_at", sa.DateTime(timezone=True), nullable=True))
        learner.create_index(op.f("ix_learner_next_transition_at"), ["next_transition_at"])
    # whoever holds something that ends is looked at once, and from then on at its instants
    op.execute(
        "UPDATE learner SET next_transition_at = CURRENT_TIMESTAMP"
        " WHERE id IN (SELECT learner_id FROM award WHERE valid_until IS NOT NULL)"
    )


def downgrade() -> None:
    with op.batch_alter_table("learner") as learner:
        learner.drop_index(op.f("ix_learner_next_transition_at"))
        learner.drop_column("next_transition_at")
    with op.batch_alter_table("pathway") as pathway:
        pathway.drop_column("archived_at")
    with op.batch_alter_table("stack_version") as stack:
        stack.drop_column("on_lost")
    with op.batch_alter_table("award") as award:
        award.drop_column("upheld_because")
        award.drop_column("upheld_at")
        award.drop_column("support_lost_at")
    op.drop_table("allowance")
