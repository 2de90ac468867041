"""Published releases, their files and events stay as they are: the database itself refuses to change them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = """
CREATE TRIGGER release_published_stays BEFORE UPDATE OR DELETE ON release
    FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER release_artifact_append_only BEFORE UPDATE OR DELETE ON release_artifact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DOWN = """
DROP TRIGGER event_append_only ON event;
DROP TRIGGER release_artifact_append_only ON release_artifact;
DROP TRIGGER release_published_stays ON release;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
