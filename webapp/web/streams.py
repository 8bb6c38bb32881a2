"""A video's live streams."""

from quart import Blueprint, Response, request
from quart_schema import document_response, tag

from ..errors import NotFound
from ..events import VideoEvent
from ..history import newest_event
from ..streams import sse
from ..streams.formats import Format
from ..streams.replay import Cursor
from .negotiation import EVENT_STREAM, JSON, prefers
from .parts import parts
from .problems import Problem

blueprint = Blueprint("streams", __name__)

HEADERS = {"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"}


@blueprint.get("/videos/<video_id>/status")
@tag(["streams"])
@document_response(VideoEvent)
@document_response(Problem, 404)
async def status(video_id: str) -> Response:
    """The video's events as they happen: server-sent events named `video_update`, data as in VideoEvent.

    `Last-Event-ID`, or `last_event_id` in the query, replays what was missed since that event; 0 asks for
    everything kept. Without it the newest event comes first. `event: done` ends the stream; 204 says that the
    client has seen the end already. With `Accept: application/json` the newest event is answered alone.
    """
    if prefers(JSON, EVENT_STREAM, request.accept_mimetypes):
        async with parts().db.read() as session:
            newest = await newest_event(session, video_id)
        if newest is None:
            raise NotFound(
                "video_not_found", "There is no video at this address.", "It may have been deleted."
            )
        return Response(newest.data, content_type="application/json", headers={"Cache-Control": "no-store"})
    return await _stream(video_id, parts().json_format)


@blueprint.get("/videos/<video_id>/fragments")
@tag(["streams"])
async def fragments(video_id: str) -> Response:
    """The live part of the video's page whenever something changes: unnamed server-sent events of HTML.

    The first is always a full snapshot. `event: done` ends the stream.
    """
    return await _stream(video_id, parts().fragment_format)


async def _stream(video_id: str, format: Format) -> Response:
    cursor = Cursor.parse(request.headers.get("Last-Event-ID") or request.args.get("last_event_id"))
    hub = parts().hub
    if await hub.is_over(video_id, cursor):
        return Response(status=204, headers=HEADERS)
    response = Response(hub.stream(video_id, format, cursor), content_type=sse.MEDIA_TYPE, headers=HEADERS)
    response.timeout = None  # ended by the hub
    return response
