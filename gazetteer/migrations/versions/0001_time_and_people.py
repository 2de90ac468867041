"""Extensions, the append-only guard, events (the one clock), people, sessions and tokens."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UP = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TABLE app_user (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    login text NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
    display_name text NOT NULL,
    password_hash text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE user_session (
    token_sha256 bytea PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    user_id uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX user_session_user_idx ON user_session (user_id);
COMMENT ON INDEX user_session_user_idx IS 'ends every session of a disabled user';

CREATE TABLE api_token (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES app_user ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    token_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(token_sha256) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_token_user_idx ON api_token (user_id);
COMMENT ON INDEX api_token_user_idx IS 'a person lists their own tokens';

CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('found', 'merge', 'split', 'transfer', 'rename', 'recode', 'reparent',
        'reclass', 'seat', 'boundary', 'correct', 'establish', 'abolish', 'reform')),
    recorded_at timestamptz NOT NULL,
    approved_on date,
    effective_on date NOT NULL,
    completed_on date,
    document_no text,
    authority text,
    date_assumed boolean NOT NULL DEFAULT false,
    summary text NOT NULL,
    actor_id uuid REFERENCES app_user,
    request_id uuid,
    import_id uuid
);
COMMENT ON TABLE event IS 'Every change of the register has one event; its id gives the order, recorded_at the moment.';
COMMENT ON COLUMN event.date_assumed IS 'the source gives no day: effective_on is an assumption and shown as one';
"""

DOWN = """
DROP TABLE event, api_token, user_session, app_user;
DROP FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
