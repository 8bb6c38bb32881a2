"""Live streams: of a video, and of all."""

from quart import Blueprint, Response, render_template, request
from quart_schema import document_querystring, document_response, tag

from ..errors import NotFound
from ..events import VideoEvent
from ..history import newest_event
from ..streams import sse
from ..streams.formats import Format, done
from ..streams.replay import Cursor
from ..streams.topic import LIBRARY, Topic, VideoTopic
from ..videos import no_such_video
from .negotiation import EVENT_STREAM, JSON, prefers
from .parts import parts
from .problems import Problem
from .queries import ResumeQuery
from .streaming import HEADERS, hand_over, line_of_request

blueprint = Blueprint("streams", __name__)


@blueprint.get("/videos/<video_id>/status")
@tag(["streams"])
@document_querystring(ResumeQuery)
@document_response(VideoEvent)
@document_response(Problem, 404)
@document_response(Problem, 503)
async def status(video_id: str) -> Response:
    """The video's events as they happen: server-sent events named `video_update`, data as in VideoEvent.

    `Last-Event-ID`, or `last_event_id` in the query, replays what was missed since that event; 0 asks for
    everything kept. Without it the newest event comes first. `event: done` ends the stream; 204 says that the
    client has seen the end already. With `Accept: application/json` the newest event is answered alone.
    """
    return await newest_or_stream(video_id)


@blueprint.get("/videos/<video_id>/fragments")
@tag(["streams"])
@document_querystring(ResumeQuery)
@document_response(Problem, 404)
@document_response(Problem, 503)
async def fragments(video_id: str) -> Response:
    """The live part of the video's page whenever something changes: unnamed server-sent events of HTML.

    The first is always a full snapshot. `event: done` ends the stream.
    """
    return await page_stream(video_id, parts().fragment_format, "videos/_deleted.html")


@blueprint.get("/videos/status")
@tag(["streams"])
@document_querystring(ResumeQuery)
@document_response(Problem, 503)
async def library_status() -> Response:
    """The events of all videos, as they are committed: one stream for a page that shows many.

    As a video's stream, but the ids count over all videos, with gaps, and there is no end.
    """
    return await _stream(LIBRARY, parts().library_json_format)


@blueprint.get("/videos/fragments")
@tag(["streams"])
@document_querystring(ResumeQuery)
@document_response(Problem, 503)
async def library_fragments() -> Response:
    """The library's tile of each video to which something happens: events of HTML, named `video-` and its id.

    A video that was not there before comes as `new`, with the item of the list that it goes in.
    """
    return await _stream(LIBRARY, parts().tile_format)


async def newest_or_stream(video_id: str) -> Response:
    """The video's events, or the newest alone, as the client would rather have it."""
    if prefers(JSON, EVENT_STREAM, request.accept_mimetypes):
        return await _newest(video_id)
    return await stream_response(video_id, parts().json_format)


async def page_stream(video_id: str, format: Format, deleted: str) -> Response:
    """The stream of a page of ours: one that comes back after its video was deleted is told, by the template
    `deleted`, since htmx would ask again and again where it gets 404."""
    try:
        return await stream_response(video_id, format)
    except NotFound:
        seq = _cursor().seq
        if not seq:
            raise
    body = sse.event(await render_template(deleted), id=seq + 1) + done(seq + 1)
    return Response(body, content_type=sse.MEDIA_TYPE, headers=HEADERS)


async def stream_response(video_id: str, format: Format) -> Response:
    """The video's stream from where the client says that it is.

    Raises:
        NotFound: there is no such video.
        Unavailable: too many streams are open.
    """
    return await _stream(VideoTopic(video_id), format)


async def _stream(topic: Topic, format: Format) -> Response:
    return hand_over(
        await parts().hub.open(topic, format, _cursor(), line_of_request(), request.remote_addr or "")
    )


def _cursor() -> Cursor:
    return Cursor.parse(request.headers.get("Last-Event-ID") or request.args.get("last_event_id"))


async def _newest(video_id: str) -> Response:
    async with parts().db.read() as session:
        newest = await newest_event(session, video_id)
    if newest is None:
        raise no_such_video()
    return Response(newest.data, content_type="application/json", headers={"Cache-Control": "no-store"})
