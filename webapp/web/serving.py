"""A file from storage as a response: whole, in part, or not at all (RFC 9110 §13, §14)."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from quart import Response, request
from werkzeug.http import http_date
from werkzeug.sansio.http import is_resource_modified

from ..storage import Opened, Storage, Stored


async def serve(storage: Storage, key: str, content_type: str, cache_control: str) -> Response:
    """
    Raises:
        NotFound: storage has no such file.
    """
    opened = await storage.open(key)  # once, so that what is said of the file is true of the bytes sent
    stored = opened.stored
    headers = headers_of(stored, cache_control) | {"Accept-Ranges": "bytes"}
    if client_has(stored):
        opened.close()
        return Response(status=304, headers=headers)
    start, end, status = 0, stored.size, 200
    if _wants_part(stored):
        found = _part(stored.size)
        if found is None:
            opened.close()
            headers["Content-Range"] = f"bytes */{stored.size}"
            return Response(status=416, headers=headers)
        start, end, status = *found, 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    body = _nothing(opened) if request.method == "HEAD" else _bytes(opened, start, end)
    response = Response(body, status=status, headers=headers, content_type=content_type)
    response.headers["Content-Length"] = str(end - start)  # also of what HEAD does not get
    response.timeout = None  # as long as the client goes on reading
    return response


def headers_of(stored: Stored, cache_control: str) -> dict[str, str]:
    """What to say of a file whether it is sent or not."""
    return {
        "ETag": stored.etag,
        "Last-Modified": http_date(stored.modified),
        "Cache-Control": cache_control,
    }


def client_has(stored: Stored) -> bool:
    """Whether the file is still the one that the client says it has."""
    return not is_resource_modified(
        http_if_none_match=request.headers.get("If-None-Match"),
        http_if_modified_since=request.headers.get("If-Modified-Since"),
        etag=stored.etag,
        last_modified=http_date(stored.modified),
    )


def _wants_part(stored: Stored) -> bool:
    """Whether one part is asked for, and of this very file: a newer one is sent as a whole (§13.1.5)."""
    wanted, known = request.range, request.headers.get("If-Range")
    return (
        request.method == "GET"
        and wanted is not None
        and wanted.units == "bytes"
        and len(wanted.ranges) == 1
        and known in (None, stored.etag, http_date(stored.modified))
    )


def _part(size: int) -> tuple[int, int] | None:
    """From where to where, end excluded; None if nothing of that is in the file."""
    assert request.range
    first, _ = request.range.ranges[0]
    if size and first < -size:
        return 0, size  # the last n bytes of a file that has fewer (§14.1.2)
    return request.range.range_for_length(size)


def _nothing(opened: Opened) -> bytes:
    opened.close()
    return b""


async def _bytes(opened: Opened, start: int, end: int) -> AsyncIterator[bytes]:
    try:
        async with aclosing(opened.read(start, end)) as pieces:
            async for piece in pieces:
                yield piece
    finally:
        opened.close()
