"""One video: its page and document, and what can be asked of it."""

from quart import Blueprint, Response, redirect, render_template, request, url_for
from quart_schema import document_querystring, document_response, tag
from werkzeug.wrappers import Response as WerkzeugResponse

from ..events import Status, VideoEvent
from ..history import newest_event
from ..losses import losses_of
from ..runs import Run, get_runs
from ..videos import Video, get_video
from ..waiting import queue_position
from .cors import policy_of
from .documents import VideoDocument
from .links import links_of
from .live import live_view
from .negotiation import wants_html
from .openapi import document_answer
from .parts import parts
from .problems import Problem
from .queries import ProcessQuery

blueprint = Blueprint("videos", __name__)


def video_document(
    video: Video, run: Run | None = None, published: Run | None = None, position: int | None = None
) -> VideoDocument:
    """A video as JSON; with its newest run's stages and `position` in the queue, and what the `published`
    one made, if they are given."""
    shown = published or run
    arriving = video.status is Status.UPLOADING
    return VideoDocument(
        video_id=video.id,
        title=video.title,
        filename=video.filename,
        status=video.status,
        progress=video.progress,
        playable=video.playable,
        embed=list(policy_of(video).origins),
        created_at=video.created_at,
        uploaded_at=video.uploaded_at,
        size_bytes=video.size_bytes,
        received_bytes=video.received_bytes if arriving else None,
        watchable_later_because=video.watchable_later_because if arriving else None,
        duration_seconds=video.duration_s,
        width=video.width,
        height=video.height,
        tone_mapped=shown.tone_mapped if shown else None,
        losses=losses_of(shown) if shown else None,
        queue_position=position,
        waiting_for_core=(run.waits_for_core or None) if run else None,
        playable_after_seconds=run.playable_s if run else None,
        waited_seconds=run.waited_s if run else None,
        slow_because=run.slow_because if run else None,
        ladder_because=published.ladder_because if published else None,
        error=video.error,
        stages=run.stages if run else [],
        renditions=published.renditions if published else [],
        conformance=published.conformance if published else [],
        links=links_of(video),
    )


@blueprint.get("/videos/<video_id>")
@tag(["videos"])
@document_response(VideoDocument)
@document_response(Problem, 404)
async def show(video_id: str) -> str | Response:
    """A video as it stands: a page, or JSON."""
    if wants_html():
        return await render_template("videos/show.html", live=await live_view(parts().db, video_id))
    async with parts().db.read() as session:
        video = await get_video(session, video_id)
        runs = await get_runs(session, video_id, video.run, video.published_run)
        run = runs.get(video.run)
        position = await queue_position(session, run) if run and run.queued else None
    document = video_document(video, run, runs.get(video.published_run), position)
    return Response(document.to_json(), content_type="application/json")


@blueprint.get("/videos/<video_id>/player")
async def player(video_id: str) -> str:
    """The player, which the page loads once there is something to play. A fragment of HTML."""
    return await render_template("videos/_player.html", live=await live_view(parts().db, video_id))


@blueprint.post("/videos/<video_id>/process")
@tag(["videos"])
@document_querystring(ProcessQuery)
@document_response(VideoEvent, 202)
@document_response(Problem, 404)
@document_response(Problem, 409)
async def process(video_id: str) -> Response | WerkzeugResponse:
    """Has the video processed. Harmless while that happens and once it is ready; `?again=1` makes a new run.

    Answered with the newest event.
    """
    video = await parts().control.process(video_id, again=request.args.get("again") == "1")
    return await _accepted(video)


@blueprint.post("/videos/<video_id>/cancel")
@tag(["videos"])
@document_response(VideoEvent, 202)
@document_response(Problem, 404)
async def cancel(video_id: str) -> Response | WerkzeugResponse:
    """Stops processing; harmless if nothing is being processed. Answered with the newest event."""
    return await _accepted(await parts().control.cancel(video_id))


async def _accepted(video: Video) -> Response | WerkzeugResponse:
    if wants_html():
        return redirect(url_for("videos.show", video_id=video.id), code=303)
    async with parts().db.read() as session:
        newest = await newest_event(session, video.id)
    return Response(newest.data if newest else "{}", 202, content_type="application/json")


@blueprint.delete("/videos/<video_id>")
@tag(["videos"])
@document_answer(204, "It is gone.")
@document_response(Problem, 404)
async def delete(video_id: str) -> Response:
    """Removes the video with its files and its history, for good."""
    await parts().control.delete(video_id)
    return Response(status=204)


@blueprint.post("/videos/<video_id>/delete")
async def delete_by_form(video_id: str) -> WerkzeugResponse:
    """The same for the page's form, which knows no DELETE."""
    await parts().control.delete(video_id)
    return redirect(url_for("library.index"), code=303)
