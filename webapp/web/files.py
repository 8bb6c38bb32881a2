"""A video's files: where its upload goes, and where it can be had again."""

from urllib.parse import quote

from quart import Blueprint, Response, request
from quart_schema import document_querystring, document_response, tag

from ..errors import Invalid, NotFound
from ..keys import original_key, own_poster_key, poster_key
from ..videos import get_video
from .openapi import ANY_BYTES, document_answer, document_body
from .parts import parts
from .problems import Problem
from .queries import UploadQuery
from .serving import serve

blueprint = Blueprint("files", __name__)


@blueprint.put("/videos/<video_id>/original")
@tag(["videos"])
@document_querystring(UploadQuery)
@document_body("application/octet-stream", ANY_BYTES)
@document_answer(200, "The file is stored durably.")
@document_response(Problem, 400)
@document_response(Problem, 403)
@document_response(Problem, 409)
@document_response(Problem, 413)
@document_response(Problem, 503)
@document_response(Problem, 507)
async def upload(video_id: str) -> Response:
    """Takes the file: the request's body, at the signed address that POST /videos gave.

    200 says that it is stored durably.
    """
    announced = parts().uploads.passes.check(video_id, request.args.get("token", ""))
    if "Content-Range" in request.headers:  # RFC 9110 §14.5: a part must not be taken for the whole
        raise Invalid(
            "partial_upload", "This address takes the whole file.", "Send it without Content-Range."
        )
    await parts().uploads.receive(
        video_id,
        aiter(request.body),
        request.content_length,
        then=parts().control.start if announced.process else None,
        announced=announced.size,
    )
    return Response(status=200)


@blueprint.get("/videos/<video_id>/download")
@tag(["videos"])
@document_answer(200, "The file, or the part of it that Range asks for.")
@document_response(Problem, 404)
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
@tag(["videos"])
@document_answer(200, "A JPEG picture.")
@document_response(Problem, 404)
async def poster(video_id: str) -> Response:
    """What the owner chose, else a frame worth showing, once there is one."""
    storage = parts().storage
    try:
        return await serve(storage, own_poster_key(video_id), "image/jpeg", "public, no-cache")
    except NotFound:
        return await serve(storage, poster_key(video_id), "image/jpeg", "public, no-cache")
