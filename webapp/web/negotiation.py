"""HTML or JSON: one URL has both, and the Accept header says which (RFC 9110 §12.5.1)."""

from quart import request
from werkzeug.datastructures import MIMEAccept

HTML, JSON, EVENT_STREAM = "text/html", "application/json", "text/event-stream"


def prefers(kind: str, over: str, accept: MIMEAccept) -> bool:
    """Whether the client would rather have `kind`; without a preference it gets `over`."""
    return accept[kind] > accept[over]


def wants_html() -> bool:
    """True for browsers; programs that accept anything get JSON."""
    return prefers(HTML, JSON, request.accept_mimetypes)
