"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

import re

LINE_END = re.compile(r"\r\n|\r|\n")
NOT_IN_A_FIELD = str.maketrans("", "", "\r\n\0")

KEEPALIVE = b": keepalive\n\n"
MEDIA_TYPE = "text/event-stream"


def event(data: str, *, name: str | None = None, id: int | None = None) -> bytes:
    """One event. `data` may have any number of lines; a line break in it arrives as LF."""
    lines = []
    if id is not None:
        lines.append(f"id: {id}")
    if name is not None:
        lines.append(f"event: {name.translate(NOT_IN_A_FIELD)}")
    lines += [f"data: {line}" for line in LINE_END.split(data)]
    return ("\n".join(lines) + "\n\n").encode(errors="replace")


def retry(milliseconds: int) -> bytes:
    """Tells the client how long to wait before it connects again. A line that belongs before an event.

    By itself it is a block without data, which the standard ignores and some clients take for an event.
    """
    return f"retry: {milliseconds}\n".encode()
