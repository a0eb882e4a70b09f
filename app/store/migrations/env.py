"""Alembic's entry: runs the steps on the connection that app.store.database gives it."""

from alembic import context

from app.store.schema import comments


def run() -> None:
    """Run the steps inside the transaction that the connection is in already."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=comments.metadata,
        render_as_batch=True,  # SQLite cannot alter most things: Alembic then rebuilds the table
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic loads this file under the name "env_py"; anybody else (doctest, mypy) only reads it.
if __name__ == "env_py":
    run()
