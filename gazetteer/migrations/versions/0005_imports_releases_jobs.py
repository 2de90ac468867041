"""Imports with their evidence, releases with their artefacts, and jobs with progress."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE import_batch (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    door text NOT NULL CHECK (door IN ('first_load', 'edition')),
    state text NOT NULL CHECK (state IN ('uploaded', 'checked', 'refused', 'confirmed', 'applied', 'cancelled')),
    folder text NOT NULL,
    files jsonb NOT NULL,
    assumptions jsonb NOT NULL DEFAULT '{}',
    preview jsonb NOT NULL DEFAULT '{}',
    valid_from date,
    source text,
    document_no text,
    created_by uuid NOT NULL REFERENCES app_user,
    confirmed_by uuid REFERENCES app_user,
    signed_by uuid REFERENCES app_user,
    created_at timestamptz NOT NULL,
    applied_event bigint REFERENCES event,
    CHECK (signed_by IS NULL OR signed_by <> confirmed_by),
    CHECK ((state = 'applied') = (applied_event IS NOT NULL))
);
COMMENT ON COLUMN import_batch.files IS 'name, bytes and sha256 of every uploaded file, kept as evidence';
ALTER TABLE event ADD CONSTRAINT event_import_fk FOREIGN KEY (import_id) REFERENCES import_batch;

CREATE TABLE release (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version text NOT NULL UNIQUE CHECK (version ~ '^[0-9]{4}[.][0-9]+$'),
    state text NOT NULL CHECK (state IN ('building', 'published', 'failed')),
    as_of date NOT NULL,
    last_event bigint REFERENCES event,
    content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    note text NOT NULL DEFAULT '',
    review_number text,
    changes jsonb NOT NULL DEFAULT '[]',
    counts jsonb NOT NULL DEFAULT '{}',
    share_token text NOT NULL UNIQUE,
    created_by uuid NOT NULL REFERENCES app_user,
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    CHECK ((state = 'published') = (published_at IS NOT NULL))
);
COMMENT ON COLUMN release.review_number IS '审图号: printed on every public map of this release';
CREATE INDEX release_published_idx ON release (published_at DESC) WHERE state = 'published';
COMMENT ON INDEX release_published_idx IS 'the latest release';

CREATE TABLE release_artifact (
    release_id uuid NOT NULL REFERENCES release ON DELETE CASCADE,
    audience text NOT NULL CHECK (audience IN ('public', 'department', 'internal')),
    name text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (release_id, audience, name)
);

CREATE TABLE job (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('release', 'export', 'import_check', 'import_apply')),
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    progress real NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
    message text NOT NULL DEFAULT '',
    arguments jsonb NOT NULL DEFAULT '{}',
    result jsonb,
    error jsonb,
    created_by uuid NOT NULL REFERENCES app_user,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE job IS 'What people see of a background task: progress, result, error. The queue itself is Procrastinate''s.';
"""

DOWN = """
ALTER TABLE event DROP CONSTRAINT event_import_fk;
DROP TABLE job, release_artifact, release, import_batch;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
