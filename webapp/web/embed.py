"""A video inside other people's pages: fragments for theirs, and two pages of ours for an iframe."""

from typing import cast

from quart import Blueprint, Response, render_template, request, stream_template
from quart_schema import document_querystring, document_response, tag

from ..errors import NotFound
from ..events import VideoEvent
from . import cors, plain
from .body import Scope
from .cors import admit, policy_of, preflight
from .links import absolute, base_url
from .live import LiveView, live_view
from .parts import parts
from .problems import Problem
from .queries import ResumeQuery
from .security import POLICY
from .streams import newest_or_stream, page_stream, stream_response

blueprint = Blueprint("embed", __name__)

POLICY_WITHOUT_SCRIPTS = POLICY.replace("script-src 'self'", "script-src 'none'")
cors.register(blueprint)


@blueprint.app_context_processor
def _helpers() -> dict[str, object]:
    return {"absolute": absolute, "embed_policy": policy_of}


@blueprint.get("/embed/<video_id>/fragments", provide_automatic_options=False)
@tag(["embedding"])
@document_querystring(ResumeQuery)
@document_response(Problem, 403)
@document_response(Problem, 404)
async def embedded_fragments(video_id: str) -> Response:
    """The video's live status for pages of other sites: unnamed server-sent events of HTML, for htmx.

    Read by the sites that the video's embed policy allows. The first is always a full snapshot; addresses in
    it are absolute; what can be watched comes as an iframe. `event: done` ends the stream.
    """
    await admit(video_id)
    return await stream_response(video_id, parts().embed_formats.elsewhere(base_url()))


@blueprint.get("/embed/<video_id>/status", provide_automatic_options=False)
@tag(["embedding"])
@document_querystring(ResumeQuery)
@document_response(VideoEvent)
@document_response(Problem, 403)
@document_response(Problem, 404)
async def embedded_status(video_id: str) -> Response:
    """The same as `/videos/{id}/status`, for the sites that the video's embed policy allows."""
    await admit(video_id)
    return await newest_or_stream(video_id)


@blueprint.get("/embed/<video_id>/live", provide_automatic_options=False)
async def live(video_id: str) -> Response:
    """The fragment as it is now, for those sites."""
    await admit(video_id)
    view = await live_view(parts().db, video_id)
    page = await render_template("embed/_live.html", live=view, base=base_url())
    return _framed(Response(page), view)


@blueprint.route("/embed/<video_id>/<any(fragments,status,live):_what>", methods=["OPTIONS"])
async def preflight_of(video_id: str, _what: str) -> Response:
    await admit(video_id)
    return preflight()


@blueprint.get("/embed/<video_id>")
async def show(video_id: str) -> Response:
    """For an iframe: live status until there is something to play, then the player. `?status=off` is the
    player alone, for who shows the status already."""
    view = await live_view(parts().db, video_id)
    follow = view.going_on and request.args.get("status") != "off"
    page = Response(await render_template("embed/show.html", live=view, follow=follow))
    return _framed(page, view)


@blueprint.get("/embed/<video_id>/player")
async def player(video_id: str) -> Response:
    """The player, which that page loads once there is something to play; nothing while there is not."""
    view = await live_view(parts().db, video_id)
    page = await render_template("videos/_player.html", live=view, pages="/embed")
    return _framed(Response(page), view)


@blueprint.get("/embed/<video_id>/frame")
async def frame(video_id: str) -> Response:
    """That page's own stream."""
    return await page_stream(video_id, parts().embed_formats.frame, "embed/_frame_deleted.html")


@blueprint.get("/embed/<video_id>/plain")
async def without_scripts(video_id: str) -> Response:
    """For an iframe, and without any script: the status as it changes, in a response that goes on until the
    video is ready, then the browser's own player."""
    here = parts()
    view = await live_view(here.db, video_id)
    if view.going_on and request.method != "HEAD":

        async def ended() -> LiveView | None:
            try:
                return await live_view(here.db, video_id)
            except NotFound:
                return None

        states = plain.states(here, video_id, request.remote_addr or "", cast("Scope", request.scope))
        page = Response(await stream_template("embed/plain.html", live=view, states=states, ended=ended))
        page.timeout = None  # ended by the stream in it
        page.headers["X-Accel-Buffering"] = "no"
    else:
        page = Response(await render_template("embed/plain.html", live=view))
    return _framed(page, view, POLICY_WITHOUT_SCRIPTS)


def _framed(page: Response, view: LiveView, policy: str = POLICY) -> Response:
    ancestors = policy_of(view.video).frame_ancestors
    page.headers["Content-Security-Policy"] = policy.format(ancestors=ancestors)
    return page
