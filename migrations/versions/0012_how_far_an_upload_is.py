"""How much of an upload has come, and why it cannot be watched before it is complete"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("video", sa.Column("received_bytes", sa.BigInteger(), nullable=True))
    op.add_column("video", sa.Column("watchable_later_because", sa.String(), nullable=True))
