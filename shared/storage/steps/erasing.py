"""The word of who was erased, and the one way in which what is known of a client is deleted."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op


def upgrade(tables: Iterable[str], *before: str) -> None:
    """Make ``erase_client``: it deletes from these tables by their ``client_id``.

    ``before`` are statements that are run first, for rows that only lead to the client by another
    table; ``erased`` in them is the client's id.
    """
    op.create_table(
        "erased_clients",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column(
            "erased_at",
            sa.TIMESTAMP(timezone=True),
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
        sa.PrimaryKeyConstraint("client_id"),
    )
    replace(tables, *before)


def replace(tables: Iterable[str], *before: str) -> None:
    """Make it anew, for a service that has other tables now.

    It runs as the tables' owner, with a scope of its own: row-level security is forced on owners
    too. A command that was answered keeps its key, so that no late repetition of a registration
    brings the client back; what was answered is gone.
    """
    deleted = [f"DELETE FROM {table} WHERE client_id = erased" for table in sorted(tables)]  # noqa: S608
    statements = [
        "INSERT INTO erased_clients (client_id) VALUES (erased) ON CONFLICT DO NOTHING",
        *before,
        *deleted,
        "DELETE FROM form_drafts WHERE key_id = erased",
        "UPDATE answered_commands SET answer = '', request_hash = '' WHERE erased = ANY (clients)",
        "UPDATE emergency_accesses SET sealed_explanation = '' WHERE client_id = erased",
    ]
    op.execute(
        "CREATE OR REPLACE FUNCTION erase_client(erased uuid) RETURNS void"
        " LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$"
        " DECLARE scope text := current_setting('careteam.scope', true); BEGIN "
        + "; ".join(["PERFORM set_config('careteam.scope', 'service', true)", *statements])
        + "; PERFORM set_config('careteam.scope', coalesce(scope, ''), true); END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION erase_client(uuid) FROM PUBLIC")


def downgrade() -> None:
    """Take both away."""
    op.execute("DROP FUNCTION erase_client(uuid)")
    op.drop_table("erased_clients")
