"""What every response says to browsers, and which requests of other sites are refused."""

from urllib.parse import urlsplit

from quart import Quart, Response, request
from quart.wrappers.base import BaseRequestWebsocket

from ..errors import Forbidden

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# Everything comes from here. blob: is how hls.js hands media and its worker to the browser, data: how
# hls-video makes an empty track for its subtitles; media-chrome styles its shadow roots inline.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "media-src 'self' blob: data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)


def register(app: Quart) -> None:
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)


def is_foreign(client: BaseRequestWebsocket) -> bool:
    """Whether a page of another site asks.

    Browsers say where a request comes from; programs do not, and are not anybody's browser.
    """
    site, origin = client.headers.get("Sec-Fetch-Site"), client.headers.get("Origin")
    if site:
        return site not in ("same-origin", "none")
    # Only the host is compared: behind a proxy that ends TLS the scheme is not ours to know.
    return bool(origin) and urlsplit(origin or "").netloc != client.host


async def _refuse_other_sites() -> None:
    """A page elsewhere must not act here in the name of who looks at it (cross-site request forgery)."""
    if request.method not in SAFE_METHODS and is_foreign(request):
        raise Forbidden("other_site", "Another web site asked for this, so it was not done.")


async def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        ancestors = "*" if request.path.startswith("/embed/") else "'none'"
        headers.setdefault("Content-Security-Policy", POLICY.format(ancestors=ancestors))
        headers.setdefault("Cache-Control", "no-store")
    if response.mimetype in ("text/html", "application/json", "application/problem+json"):
        response.vary.add("Accept")
    return response
