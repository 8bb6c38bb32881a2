"""Pages of other sites that read from here (Fetch standard, "CORS protocol"): whom a video's policy lets in.

What they read is the same for everybody: no route that lets them in looks at a cookie or sets one.
"""

from quart import Blueprint, Response, g, request

from ..embedding import EmbedPolicy
from ..errors import Forbidden
from ..videos import Video, get_video
from .links import base_url
from .parts import parts

# What htmx sends along, and what a stream is taken up again with; a preflight asks for each by name.
REQUEST_HEADERS = (
    "Accept, Cache-Control, HX-Boosted, HX-Current-URL, HX-History-Restore-Request, HX-Prompt, HX-Request, "
    "HX-Target, HX-Trigger, HX-Trigger-Name, Last-Event-ID"
)
PREFLIGHT_MAX_AGE_S = 600


def policy_of(video: Video) -> EmbedPolicy:
    """The video's own policy, else the installation's."""
    if video.embed is None:
        return EmbedPolicy.parse(parts().settings.embed)
    return EmbedPolicy(tuple(video.embed))


async def admit(video_id: str) -> None:
    """Lets the page that asks read the answer, if it is one of another site.

    Raises:
        NotFound: there is no such video.
        Forbidden: its policy leaves that site out.
    """
    async with parts().db.read() as session:
        policy = policy_of(await get_video(session, video_id))
    site = request.headers.get("Origin")
    if site is None or site == base_url():
        return
    if not policy.allows(site):
        raise Forbidden(
            "embedding_refused",
            "This video may not be shown on that site.",
            "Who uploaded it can allow the site on the video's page.",
        )
    g.admitted_site = site


def register(blueprint: Blueprint) -> None:
    blueprint.after_request(_share)


async def _share(response: Response) -> Response:
    response.vary.add("Origin")
    if site := g.get("admitted_site"):
        # Named, since `*` does not go with credentials, and htmx's event streams ask with them.
        response.headers["Access-Control-Allow-Origin"] = site
        response.headers["Access-Control-Allow-Credentials"] = "true"
    return response


def preflight() -> Response:
    """The answer to an admitted site that asks what it may ask."""
    return Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": "GET",
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_MAX_AGE_S),
        },
    )
