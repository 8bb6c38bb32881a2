"""Whether a video is to be processed as soon as its file is there"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "video", sa.Column("process_wanted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
