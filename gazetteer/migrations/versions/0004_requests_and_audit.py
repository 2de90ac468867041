"""Change requests with append-only operations and reviews; the audit chain."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE change_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind text NOT NULL CHECK (kind IN ('boundary_correction')),
    title text NOT NULL CHECK (title <> ''),
    reason text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'in_force', 'returned', 'rejected', 'withdrawn')),
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    effective_on date,
    base_event bigint REFERENCES event,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    touched_faces bigint[] NOT NULL DEFAULT '{}',
    touched_divisions uuid[] NOT NULL DEFAULT '{}',
    scope uuid[] NOT NULL DEFAULT '{}',
    created_by uuid NOT NULL REFERENCES app_user,
    last_editor uuid NOT NULL REFERENCES app_user,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    document_no text,
    decided_by uuid REFERENCES app_user,
    applied_event bigint REFERENCES event,
    CHECK ((state = 'in_force') <= (applied_event IS NOT NULL)),
    CHECK (decided_by IS NULL OR state NOT IN ('approved', 'in_force') OR (decided_by <> created_by AND decided_by <> last_editor))
);
COMMENT ON COLUMN change_request.content_hash IS 'sha256 of the standing operations in order: what an approver signs';
COMMENT ON COLUMN change_request.version IS 'grows with every edit and step; a stale one is refused with 409';
COMMENT ON COLUMN change_request.scope IS 'touched divisions and all above them: whom the request concerns';
CREATE INDEX change_request_scope_idx ON change_request USING gin (scope);
COMMENT ON INDEX change_request_scope_idx IS 'the requests of a subtree';
CREATE INDEX change_request_state_idx ON change_request (state, number);
COMMENT ON INDEX change_request_state_idx IS 'the inbox: requests by state, newest first';
CREATE INDEX change_request_faces_idx ON change_request USING gin (touched_faces)
    WHERE state IN ('draft', 'submitted', 'returned');
COMMENT ON INDEX change_request_faces_idx IS 'open drafts on the same faces, shown before one starts';
ALTER TABLE event ADD CONSTRAINT event_request_fk FOREIGN KEY (request_id) REFERENCES change_request;

CREATE TABLE operation (
    row_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    request_id uuid NOT NULL REFERENCES change_request,
    seq integer NOT NULL CHECK (seq > 0),
    kind text NOT NULL CHECK (kind IN ('reshape', 'move_node', 'rename', 'retract')),
    body jsonb NOT NULL,
    retracts uuid,
    created_by uuid NOT NULL REFERENCES app_user,
    created_at timestamptz NOT NULL,
    CHECK ((kind = 'retract') = (retracts IS NOT NULL)),
    UNIQUE (id),
    UNIQUE (request_id, seq)
);
COMMENT ON COLUMN operation.id IS 'made by the client: sending it again gives the same answer';
CREATE TRIGGER operation_append_only BEFORE UPDATE OR DELETE ON operation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE review (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES change_request,
    action text NOT NULL CHECK (action IN ('create', 'edit', 'submit', 'return', 'approve', 'apply', 'reject', 'withdraw')),
    from_state text,
    to_state text NOT NULL,
    actor_id uuid NOT NULL REFERENCES app_user,
    reason text,
    document_no text,
    content_hash text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX review_request_idx ON review (request_id, id);
COMMENT ON INDEX review_request_idx IS 'the log of one request';
CREATE TRIGGER review_append_only BEFORE UPDATE OR DELETE ON review
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    seq integer NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor_id uuid REFERENCES app_user,
    action text NOT NULL CHECK (action <> ''),
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}',
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    UNIQUE (day, seq)
);
COMMENT ON TABLE audit_entry IS 'A hash chain a day: hash = sha256(previous_hash, canonical row); the head of a day is signed.';
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_head (
    day date PRIMARY KEY,
    entries integer NOT NULL CHECK (entries > 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    signature bytea NOT NULL
);
COMMENT ON TABLE audit_head IS 'The last hash of each day, signed (HMAC-SHA-256) with the key of the installation.';
"""

DOWN = """
ALTER TABLE event DROP CONSTRAINT event_request_fk;
DROP TABLE audit_head, audit_entry, review, operation, change_request;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
