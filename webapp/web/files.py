"""A video's files: where its upload goes, and where it can be had again."""

from urllib.parse import quote

from quart import Blueprint, Response, request
from quart_schema import document_response, tag

from ..videos import get_video, original_key, poster_key
from .parts import parts
from .problems import Problem
from .serving import serve

blueprint = Blueprint("files", __name__)


@blueprint.put("/videos/<video_id>/original")
@tag(["videos"])
@document_response(Problem, 403)
@document_response(Problem, 409)
@document_response(Problem, 413)
async def upload(video_id: str) -> Response:
    """Takes the file: the request's body, at the signed address that POST /videos gave.

    200 says that it is stored durably.
    """
    process = parts().uploads.check_pass(video_id, request.args.get("token", ""))
    await parts().uploads.receive(video_id, aiter(request.body), request.content_length)
    if process:
        await parts().control.process(video_id)
    return Response(status=200)


@blueprint.get("/videos/<video_id>/download")
async def download(video_id: str) -> Response:
    """The upload as it came, under its own name."""
    async with parts().db.read() as session:
        video = await get_video(session, video_id)
    # RFC 6266 §4.3: the name in UTF-8, which every browser understands.
    disposition = f"attachment; filename*=UTF-8''{quote(video.filename, safe='')}"
    response = await serve(
        parts().storage, original_key(video_id), "application/octet-stream", "private, no-cache"
    )
    response.headers["Content-Disposition"] = disposition
    return response


@blueprint.get("/videos/<video_id>/poster.jpg")
async def poster(video_id: str) -> Response:
    return await serve(parts().storage, poster_key(video_id), "image/jpeg", "public, max-age=300")
