"""A web site that is not ours: pages on a host and port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

# The icon saves a request that would be answered 404.
PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><link rel=icon href=data:,><title>Elsewhere</title>"
    "<h1>Elsewhere</h1>{}"
)


class Elsewhere:
    """
    Attributes:
        url: an origin that shares neither scheme and host nor site with 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.pages: dict[str, str] = {}

    def put(self, path: str, html: str) -> str:
        """A page with this in its body; returns its address."""
        self.pages[path] = PAGE.format(html)
        return self.url + path


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Elsewhere(server.server_port)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
