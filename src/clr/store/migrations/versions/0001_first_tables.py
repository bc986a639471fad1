"""first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered_request",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_answered_request")),
    )
    op.create_table(
        "catalogue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "issuer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer")),
        sa.UniqueConstraint("slug", name=op.f("uq_issuer_slug")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "public_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_key")),
    )
    op.create_table(
        "status_entry",
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("list_number", "position", name=op.f("pk_status_entry")),
    )
    op.create_table(
        "visit",
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("share_id", "day", name=op.f("pk_visit")),
    )
    op.create_table(
        "achievement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("achievement_type", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("criteria", sa.String(), nullable=False),
        sa.Column("image", sa.String(), nullable=True),
        sa.Column("glyph", sa.String(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("alignments", sa.JSON(), nullable=False),
        sa.Column("result_descriptions", sa.JSON(), nullable=False),
        sa.Column("credits_available", sa.Float(), nullable=True),
        sa.Column("edition", sa.String(), nullable=True),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuer.id"], name=op.f("fk_achievement_issuer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
    )
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_achievement_issuer_id"), ["issuer_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_evidence_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_table(
        "learner",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_learner_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learner")),
        sa.UniqueConstraint("email", name=op.f("uq_learner_email")),
        sa.UniqueConstraint("external_id", name=op.f("uq_learner_external_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_learner_person_id")),
        sa.UniqueConstraint("subject", name=op.f("uq_learner_subject")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", "issuer_id", name=op.f("pk_membership")),
    )
    op.create_table(
        "pathway",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("issuer_id", sa.String(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuer.id"], name=op.f("fk_pathway_issuer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway")),
    )
    with op.batch_alter_table("pathway", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pathway_issuer_id"), ["issuer_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("achievement_id", sa.String(), nullable=False),
        sa.Column("achievement_revision", sa.Integer(), nullable=False),
        sa.Column("stack_version", sa.Integer(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("earned_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_because", sa.String(), nullable=True),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("credits_earned", sa.Float(), nullable=True),
        sa.Column("assessor", sa.String(), nullable=True),
        sa.Column("awarded_by", sa.String(), nullable=True),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievement.id"], name=op.f("fk_award_achievement_id")),
        sa.ForeignKeyConstraint(["awarded_by"], ["person.id"], name=op.f("fk_award_awarded_by")),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_award_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", "id", name=op.f("pk_award")),
        sa.UniqueConstraint(
            "learner_id",
            "achievement_id",
            "stack_version",
            "again",
            name=op.f("uq_award_learner_id_achievement_id_stack_version_again"),
        ),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_achievement_id"), ["achievement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_id"), ["id"], unique=False)

    op.create_table(
        "event",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_event_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", "sequence", name=op.f("pk_event")),
    )
    op.create_table(
        "pathway_version",
        sa.Column("pathway_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("goal_id", sa.String(), nullable=False),
        sa.Column("stacks", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["achievement.id"], name=op.f("fk_pathway_version_goal_id")),
        sa.ForeignKeyConstraint(["pathway_id"], ["pathway.id"], name=op.f("fk_pathway_version_pathway_id")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_pathway_version_published_by")
        ),
        sa.PrimaryKeyConstraint("pathway_id", "version", name=op.f("pk_pathway_version")),
    )
    op.create_table(
        "record",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("parents", sa.JSON(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_record_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", "id", name=op.f("pk_record")),
        sa.UniqueConstraint("slug", name=op.f("uq_record_slug")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_id"), ["id"], unique=False)

    op.create_table(
        "stack_version",
        sa.Column("achievement_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_stack_version_achievement_id")
        ),
        sa.PrimaryKeyConstraint("achievement_id", "version", name=op.f("pk_stack_version")),
    )
    op.create_table(
        "award_evidence",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("narrative", sa.String(), nullable=True),
        sa.Column("genre", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_award_evidence_evidence_id")),
        sa.ForeignKeyConstraint(
            ["learner_id", "award_id"],
            ["award.learner_id", "award.id"],
            name=op.f("fk_award_evidence_learner_id_award_id"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "award_id", "position", name=op.f("pk_award_evidence")),
    )
    with op.batch_alter_table("award_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_evidence_evidence_id"), ["evidence_id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("unsigned", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id", "award_id"],
            ["award.learner_id", "award.id"],
            name=op.f("fk_credential_learner_id_award_id"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "award_id", name=op.f("pk_credential")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credential_public_id")),
    )
    op.create_table(
        "enrolment",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("pathway_id", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name=op.f("fk_enrolment_learner_id")),
        sa.ForeignKeyConstraint(
            ["pathway_id", "version"],
            ["pathway_version.pathway_id", "pathway_version.version"],
            name=op.f("fk_enrolment_pathway_id_version"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "pathway_id", "enrolled_at", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "explanation",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id", "award_id"],
            ["award.learner_id", "award.id"],
            name=op.f("fk_explanation_learner_id_award_id"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "award_id", name=op.f("pk_explanation")),
    )
    op.create_table(
        "issued_record",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("share_id", sa.String(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.Column("unsigned", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["learner_id", "record_id"],
            ["record.learner_id", "record.id"],
            name=op.f("fk_issued_record_learner_id_record_id"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "id", name=op.f("pk_issued_record")),
    )
    with op.batch_alter_table("issued_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issued_record_record_id"), ["record_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issued_record_share_id"), ["share_id"], unique=False)

    op.create_table(
        "share",
        sa.Column("learner_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id", "record_id"],
            ["record.learner_id", "record.id"],
            name=op.f("fk_share_learner_id_record_id"),
        ),
        sa.PrimaryKeyConstraint("learner_id", "id", name=op.f("pk_share")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_share_token_hash")),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_id"), ["id"], unique=False)
        batch_op.create_index(batch_op.f("ix_share_record_id"), ["record_id"], unique=False)

    op.execute("INSERT INTO catalogue (id, version) VALUES (1, 0)")


def downgrade() -> None:
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_record_id"))
        batch_op.drop_index(batch_op.f("ix_share_id"))

    op.drop_table("share")
    with op.batch_alter_table("issued_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issued_record_share_id"))
        batch_op.drop_index(batch_op.f("ix_issued_record_record_id"))

    op.drop_table("issued_record")
    op.drop_table("explanation")
    op.drop_table("enrolment")
    op.drop_table("credential")
    with op.batch_alter_table("award_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_evidence_evidence_id"))

    op.drop_table("award_evidence")
    op.drop_table("stack_version")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_id"))

    op.drop_table("record")
    op.drop_table("pathway_version")
    op.drop_table("event")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_id"))
        batch_op.drop_index(batch_op.f("ix_award_achievement_id"))

    op.drop_table("award")
    with op.batch_alter_table("pathway", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pathway_issuer_id"))

    op.drop_table("pathway")
    op.drop_table("membership")
    op.drop_table("learner")
    op.drop_table("evidence")
    with op.batch_alter_table("achievement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_achievement_issuer_id"))

    op.drop_table("achievement")
    op.drop_table("visit")
    op.drop_table("status_entry")
    op.drop_table("public_key")
    op.drop_table("person")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_kind"))

    op.drop_table("job")
    op.drop_table("issuer")
    op.drop_table("catalogue")
    op.drop_table("answered_request")
