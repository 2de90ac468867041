"""Alembic's entry: run the steps online, in one transaction, on the URL given by the caller."""

from alembic import context
from sqlalchemy import create_engine

from gazetteer.db import driver_url

engine = create_engine(driver_url(context.config.attributes["url"]))
with engine.begin() as connection:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
