"""The schema goes up and down, and the models agree with it."""

import sqlalchemy as sa

from gazetteer.db import create_pool
from gazetteer.migrations import downgrade, upgrade
from gazetteer.models import Base


def test_migrations_when_taken_down_and_up_again_then_nothing_of_ours_is_left_between(
    database_url: str,
) -> None:
    downgrade(database_url, "base")
    engine = create_pool(database_url)
    left = set(sa.inspect(engine).get_table_names()) - {"spatial_ref_sys", "alembic_version"}
    assert left == set()
    upgrade(database_url)
    assert "division" in sa.inspect(engine).get_table_names()
    engine.dispose()


def test_models_when_compared_with_the_schema_then_tables_and_columns_are_the_same(database_url: str) -> None:
    engine = create_pool(database_url)
    inspector = sa.inspect(engine)
    for table in Base.metadata.tables.values():
        assert {c["name"] for c in inspector.get_columns(table.name)} == {c.name for c in table.columns}, (
            table.name
        )
        for column in inspector.get_columns(table.name):
            zoned = getattr(table.columns[column["name"]].type, "timezone", None)
            assert getattr(column["type"], "timezone", None) == zoned, (table.name, column["name"])
            assert column["nullable"] == bool(table.columns[column["name"]].nullable), (
                table.name,
                column["name"],
            )
    engine.dispose()


def test_every_index_when_read_from_the_catalogue_then_its_comment_names_its_query(database_url: str) -> None:
    engine = create_pool(database_url)
    with engine.connect() as connection:
        silent = connection.scalars(
            sa.text(
                """
                SELECT c.relname
                FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                LEFT JOIN pg_constraint k ON k.conindid = c.oid
                WHERE c.relnamespace = 'public'::regnamespace
                    AND k.oid IS NULL
                    AND obj_description(c.oid) IS NULL
                    AND c.relname NOT LIKE '%procrastinate%'
                    AND c.relname NOT LIKE 'alembic%'
                """
            )
        ).all()
    engine.dispose()
    assert silent == []
