"""Who may embed a video; NULL where the installation's setting decides"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("video", sa.Column("embed", sa.JSON(), nullable=True))
