"""/test-sse.html: a developer's client for the HTTP contract. The one page with a script of ours."""

from quart import Blueprint, render_template

from ..videos import list_videos
from .parts import parts

blueprint = Blueprint("test_client", __name__)

VIDEOS_TO_PICK = 50


@blueprint.get("/test-sse.html")
async def show() -> str:
    """Create a video or pick one, have it processed, and watch its streams byte by byte."""
    async with parts().db.read() as session:
        videos = await list_videos(session, VIDEOS_TO_PICK, None, "")
    return await render_template("dev/test_sse.html", videos=videos)
