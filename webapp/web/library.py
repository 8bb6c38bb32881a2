"""All videos: the library's page and list, and where new ones come from."""

from quart import Blueprint, Response, redirect, render_template, request, url_for
from quart_schema import document_querystring, document_request, document_response, tag
from werkzeug.wrappers import Response as WerkzeugResponse

from ..errors import Invalid, TooLarge
from ..history import newest_of_all
from ..videos import get_video, list_videos, new_id
from .documents import CreatedVideo, CreateVideo, UploadTarget, VideoList
from .links import absolute, links_of
from .multipart import LONGEST_FIELD_BYTES, MOST_PARTS, FormField, FormFile, form_parts
from .negotiation import wants_html
from .openapi import ANY_BYTES, document_answer, document_body
from .parts import parts
from .problems import Problem
from .queries import ListQuery
from .receiving import usable_id
from .small_body import read_document
from .tiles import tiles_of
from .videos import video_document

blueprint = Blueprint("library", __name__)

PAGE_SIZE, LARGEST_PAGE_SIZE = 24, 100
# What a form may have beside its file: only beyond that does its length say that the file is too large.
MOST_AROUND_FILE_BYTES = 2 * MOST_PARTS * LONGEST_FIELD_BYTES
FORM = {
    "type": "object",
    "properties": {"file": ANY_BYTES, "title": {"type": "string"}},
    "required": ["file"],
}


@blueprint.get("/")
async def home() -> WerkzeugResponse:
    return redirect(url_for("library.index"))


@blueprint.get("/videos")
@tag(["videos"])
@document_querystring(ListQuery)
@document_response(VideoList)
@document_response(Problem, 404)
async def index() -> str | Response:
    """The library, newest first: a page, or JSON."""
    limit = max(1, min(request.args.get("limit", PAGE_SIZE, type=int), LARGEST_PAGE_SIZE))
    search, before_id = request.args.get("q", "").strip(), request.args.get("before")
    async with parts().db.read() as session:
        before = await get_video(session, before_id) if before_id else None
        videos = await list_videos(session, limit + 1, before, search)
        tiles = await tiles_of(session, videos[:limit]) if wants_html() else []
        last = await newest_of_all(session)
    shown, next_url = videos[:limit], None
    if len(videos) > limit:
        size = request.args.get("limit")
        next_url = url_for("library.index", before=shown[-1].id, q=search or None, limit=size)
    if wants_html():
        return await render_template(
            "videos/index.html",
            tiles=tiles,
            search=search,
            newest=not (search or before),
            cursor=last.id if last else 0,
            next_url=next_url,
            new_id=new_id(),
            upload_max_bytes=parts().settings.upload_max_bytes,
        )
    page = VideoList(videos=[video_document(video) for video in shown], next=next_url and absolute(next_url))
    return Response(page.to_json(), content_type="application/json")


@blueprint.post("/videos")
@tag(["videos"])
@document_request(CreateVideo)
@document_body("multipart/form-data", FORM)
@document_response(CreatedVideo, 201)
@document_answer(303, "Of a form: Location is the video that is being processed.")
@document_response(Problem, 400)
@document_response(Problem, 413)
@document_response(Problem, 503)
@document_response(Problem, 507)
async def create() -> Response | WerkzeugResponse:
    """A new video.

    As JSON, it is answered with where to upload the file; as a form, it brings the file along.
    """
    if request.mimetype == "multipart/form-data":
        return redirect(url_for("videos.show", video_id=await _from_form()), code=303)
    wanted = await read_document(CreateVideo)
    video = await parts().uploads.create(
        wanted.filename, wanted.title, wanted.size, wanted.content_type, embed=wanted.embed
    )
    upload = parts().uploads.passes.issue(video, wanted.process)
    created = CreatedVideo(
        video_id=video.id,
        status=video.status,
        upload=UploadTarget(
            url=absolute(url_for("files.upload", video_id=video.id, token=upload.token)),
            headers={"Content-Type": wanted.content_type} if wanted.content_type else {},
            expires_at=upload.expires_at,
        ),
        links=links_of(video),
    )
    return Response(
        created.to_json(), 201, content_type="application/json", headers={"Location": created.links.self}
    )


async def _from_form() -> str:
    """Stores the form's file while it arrives, which begins its processing; returns the video's id.

    The page follows the upload by the id that it chose, in the query.
    """
    uploads, title, video = parts().uploads, "", None
    async with parts().db.read() as session:
        video_id = await usable_id(session, request.args.get("id"))
    async for part in form_parts(request):
        match part:
            case FormField(name="title", value=value):
                title = value
            case FormFile(name="file", filename=filename) if filename and video is None:
                length = request.content_length
                surely = max(0, (length or 0) - MOST_AROUND_FILE_BYTES) or None
                video = await uploads.create(filename, title, surely, part.content_type, video_id)
                try:
                    await uploads.receive(
                        video.id, part.chunks, None, about=length, then=parts().control.start
                    )
                except TooLarge:  # as if the form had said so before
                    await parts().control.delete(video.id)
                    raise
    if video is None:
        raise Invalid("no_file", "No file was chosen.", "Go back and choose a video file first.")
    if title:
        await uploads.rename(video.id, title)
    return video.id
