"""What may be changed about a video once it is there: its title, and who may embed it."""

from quart import Blueprint, Response, redirect, url_for
from quart_schema import document_request, document_response, tag
from werkzeug.wrappers import Response as WerkzeugResponse

from ..embedding import EmbedPolicy
from ..errors import Invalid
from ..events import EventType
from ..videos import title_of
from .documents import EditVideo, VideoDocument
from .parts import parts
from .problems import Problem
from .small_body import read_document, read_form
from .videos import show

blueprint = Blueprint("editing", __name__)


@blueprint.patch("/videos/<video_id>")
@tag(["videos"])
@document_request(EditVideo)
@document_response(VideoDocument)
@document_response(Problem, 400)
@document_response(Problem, 404)
@document_response(Problem, 503)
async def edit(video_id: str) -> str | Response:
    """Changes what the document names (RFC 7396), and answers with the video as it is then.

    Pages that show it already keep it until their stream ends.
    """
    wanted = await read_document(EditVideo)
    async with parts().history.recording(video_id) as recorder:
        video = recorder.video
        if "embed" in wanted.model_fields_set:
            video.embed = wanted.embed
        if "title" in wanted.model_fields_set:
            title = title_of(wanted.title, video.filename)
            if title != video.title:
                video.title = title
                recorder.record(EventType.STATUS, f"Renamed to “{title}”")
    return await show(video_id)


@blueprint.post("/videos/<video_id>/embed")
async def embed_by_form(video_id: str) -> WerkzeugResponse:
    """Changes who may embed it, for the page's form, which knows no PATCH."""
    form = await read_form()
    who, origins = form.get("who"), form.get("origins", "")
    try:
        policy = EmbedPolicy.parse(origins) if who == "sites" else EmbedPolicy.parse(who or "")
    except ValueError as error:
        raise Invalid(
            "bad_origin", f"{str(error)[:1].upper()}{str(error)[1:]}.", "Go back and write it again."
        ) from error
    async with parts().history.recording(video_id) as recorder:
        recorder.video.embed = list(policy.origins)
    return redirect(url_for("videos.show", video_id=video_id), code=303)
