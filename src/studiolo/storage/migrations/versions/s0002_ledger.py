"""The ledger: one row for each request."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COUNTS = (
    "input",
    "cached",
    "cache_created",
    "output",
    "reasoning",
    "image",
    "video",
    "audio",
    "injected",
)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger",
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("parent", sa.String(64)),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("dialect", sa.String(16), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("snapshot", sa.String(128), nullable=False),
        sa.Column("deployment", sa.String(64), nullable=False),
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("streamed", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("error", sa.String(64)),
        sa.Column("started_us", sa.BigInteger, nullable=False),
        sa.Column("ended_us", sa.BigInteger, nullable=False),
        sa.Column("first_token_us", sa.BigInteger),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
    )
    op.create_index("ix_ledger_started_us", "ledger", ["started_us"])


def downgrade() -> None:
    """Without it."""
    op.drop_table("ledger")
