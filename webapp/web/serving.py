"""A file from storage as a response: whole, in part, or not at all (RFC 9110 §13, §14)."""

from collections.abc import AsyncIterator

from quart import Response, request
from werkzeug.http import http_date

from ..storage import Storage


async def serve(storage: Storage, key: str, content_type: str, cache_control: str) -> Response:
    """
    Raises:
        NotFound: storage has no such file.
    """
    stored = await storage.stat(key)
    headers = {
        "ETag": stored.etag,
        "Last-Modified": http_date(stored.modified),
        "Cache-Control": cache_control,
        "Accept-Ranges": "bytes",
    }
    etag = stored.etag.strip('"')
    if request.if_none_match.contains(etag):
        return Response(status=304, headers=headers)
    start, end, status = 0, stored.size, 200
    wanted = request.range
    fresh = request.if_range.etag in (None, etag)  # a part of what the client has, not of something newer
    if wanted is not None and wanted.units == "bytes" and len(wanted.ranges) == 1 and fresh:
        found = wanted.range_for_length(stored.size)
        if found is None:
            headers["Content-Range"] = f"bytes */{stored.size}"
            return Response(status=416, headers=headers)
        start, end, status = found[0], found[1], 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    headers["Content-Length"] = str(end - start)
    body: AsyncIterator[bytes] | bytes = b"" if request.method == "HEAD" else storage.read(key, start, end)
    response = Response(body, status=status, headers=headers, content_type=content_type)
    response.timeout = None  # as long as the client goes on reading
    return response
