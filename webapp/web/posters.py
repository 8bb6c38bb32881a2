"""A poster of the owner's choice."""

from quart import Blueprint, Response, redirect, render_template, request, url_for
from quart_schema import document_request, document_response, tag
from werkzeug.wrappers import Response as WerkzeugResponse

from ..errors import Invalid
from ..videos import get_video
from .documents import PickPoster, VideoDocument
from .multipart import FormFile, form_parts
from .openapi import ANY_BYTES, document_body
from .parts import parts
from .pictures import moments_of
from .problems import Problem
from .small_body import read_document, read_form
from .videos import show

blueprint = Blueprint("posters", __name__)


@blueprint.put("/videos/<video_id>/poster")
@tag(["videos"])
@document_request(PickPoster)
@document_body("image/*", ANY_BYTES)
@document_response(VideoDocument)
@document_response(Problem, 400)
@document_response(Problem, 404)
@document_response(Problem, 409)
@document_response(Problem, 413)
@document_response(Problem, 503)
async def replace(video_id: str) -> str | Response:
    """Replaces the poster: by the JPEG, PNG or WebP picture that is the body, or as the JSON document says.

    A picture is encoded anew; a WebP must not move. Later runs leave the poster alone.
    Answered with the video.
    """
    if request.mimetype == "application/json":
        await parts().posters.pick(video_id, (await read_document(PickPoster)).second)
    else:
        await parts().posters.replace(video_id, aiter(request.body))
    return await show(video_id)


@blueprint.post("/videos/<video_id>/poster")
async def replace_by_form(video_id: str) -> WerkzeugResponse:
    """The same for the page's forms: one sends a picture, the other a moment."""
    if request.mimetype == "multipart/form-data":
        async for part in form_parts(request):
            if isinstance(part, FormFile):
                await parts().posters.replace(video_id, part.chunks)
    else:
        await parts().posters.pick(video_id, _second((await read_form()).get("second", "")))
    return redirect(url_for("videos.show", video_id=video_id), code=303)


def _second(text: str) -> float:
    try:
        return PickPoster(second=float(text)).second
    except ValueError as error:
        raise Invalid("bad_moment", "This is no moment of the video.", "Go back and choose one.") from error


@blueprint.get("/videos/<video_id>/moments")
async def moments(video_id: str) -> str:
    """The moments to choose from, as there are now. A fragment of HTML."""
    async with parts().db.read() as session:
        video = await get_video(session, video_id)
    return await render_template("videos/_moments.html", video=video, moments=moments_of(video))
