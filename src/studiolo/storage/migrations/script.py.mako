"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Say what this step makes."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Say how it is undone."""
    ${downgrades if downgrades else "pass"}
