"""A video inside other people's pages: an iframe with the player, or how far it is."""

from quart import Blueprint, render_template

from .live import live_view
from .parts import parts

blueprint = Blueprint("embed", __name__)


@blueprint.get("/embed/<video_id>")
async def show(video_id: str) -> str:
    return await render_template("embed/show.html", live=await live_view(parts().db, video_id))
