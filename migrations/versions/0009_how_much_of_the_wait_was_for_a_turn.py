"""How much of the time until a video could be watched its run waited for its turn"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("run", sa.Column("waited_s", sa.Float(), nullable=True))
