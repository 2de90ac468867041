"""Kinds of requests beside the correction, with their day of effect; all operations; who works on the same."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE change_request
    DROP CONSTRAINT change_request_kind_check,
    ADD CONSTRAINT change_request_kind_check
        CHECK (kind IN ('boundary_correction', 'boundary_change', 'division_change')),
    ADD CONSTRAINT change_request_effective_check
        CHECK (kind <> 'boundary_correction' OR effective_on IS NULL),
    ADD CONSTRAINT change_request_document_check
        CHECK (kind = 'boundary_correction' OR state NOT IN ('approved', 'in_force') OR document_no IS NOT NULL);
COMMENT ON COLUMN change_request.effective_on
    IS 'the day the law changes (Asia/Shanghai), may lie ahead; null is the day of approval; none for a correction';
COMMENT ON COLUMN change_request.content_hash
    IS 'sha256 of the standing operations in order, and of the day of effect where given: what an approver signs';

ALTER TABLE operation
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind ~ '^[a-z][a-z_]*$');
COMMENT ON COLUMN operation.kind IS 'retract, or a kind that gazetteer/rules/intents.py knows';

CREATE INDEX change_request_divisions_idx ON change_request USING gin (touched_divisions)
    WHERE state IN ('draft', 'submitted', 'returned');
COMMENT ON INDEX change_request_divisions_idx IS 'open drafts on the same divisions, shown before one starts';
"""

DOWN = """
COMMENT ON COLUMN change_request.content_hash IS 'sha256 of the standing operations in order: what an approver signs';
COMMENT ON COLUMN change_request.effective_on IS NULL;
COMMENT ON COLUMN operation.kind IS NULL;
DROP INDEX change_request_divisions_idx;
ALTER TABLE operation
    DROP CONSTRAINT operation_kind_check,
    ADD CONSTRAINT operation_kind_check CHECK (kind IN ('reshape', 'move_node', 'rename', 'retract'));
ALTER TABLE change_request
    DROP CONSTRAINT change_request_document_check,
    DROP CONSTRAINT change_request_effective_check,
    DROP CONSTRAINT change_request_kind_check,
    ADD CONSTRAINT change_request_kind_check CHECK (kind IN ('boundary_correction'));
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
