"""For whoever looks after the process: is it alive, can it serve?"""

import sqlalchemy as sa
from quart import Blueprint, Response

from .parts import parts

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
async def alive() -> Response:
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
async def ready() -> Response:
    """200 once the database answers; an error is a 500, as anywhere."""
    async with parts().db.read() as session:
        await session.execute(sa.text("SELECT 1"))
    return Response("ok\n", content_type="text/plain")
