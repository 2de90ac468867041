"""Lineage knows how many people the source had before the event: what stays with it has a share too."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE lineage ADD COLUMN source_population bigint CHECK (source_population >= population);
COMMENT ON COLUMN lineage.population IS 'people who went from the source to the target with this event';
COMMENT ON COLUMN lineage.source_population IS 'all people of the source before the event: a source that goes on has no row to itself';
"""

DOWN = "ALTER TABLE lineage DROP COLUMN source_population;"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
