"""WebVTT (W3C), from the text of ASS events, which is what libavcodec makes of most formats of subtitles."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

# The timeline of the segments starts at zero, as that of the cues does (RFC 8216 §3.5).
HEADER = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
EVENT_FIELDS = 8  # before the text: read order, layer, style, name, three margins, effect
LONGEST_TEXT = 4000
OVERRIDES = re.compile(r"\{([^}]*)\}")
STYLE = re.compile(r"\\([ibu])([01])(?![0-9a-z])", re.ASCII)
ALIGNMENT = re.compile(r"\\an([1-9])")
DRAWING = re.compile(r"\\p[1-9]")
BREAKS = re.compile(r"\\[Nn]")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text shown from `begin` to `end`, in seconds; `top` if above and not below."""

    begin: Fraction
    end: Fraction
    text: str
    top: bool = False


class CueText:
    """The text of a cue, in which tags nest and have an end."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._opened: list[str] = []

    def add(self, text: str) -> None:
        self._found.append(html.escape(text, quote=False))

    def open(self, tag: str) -> None:
        if tag not in self._opened:
            self._opened.append(tag)
            self._found.append(f"<{tag}>")

    def close(self, tag: str) -> None:
        """Ends a tag, and with it those within it; nothing if it was not opened."""
        if tag in self._opened:
            while (last := self._opened.pop()) != tag:
                self._found.append(f"</{last}>")
            self._found.append(f"</{tag}>")

    def ended(self) -> str:
        """All of it, without empty lines: one would end the cue."""
        text = "".join([*self._found, *(f"</{tag}>" for tag in reversed(self._opened))])
        lines = [line.strip() for line in text.replace("\0", "").splitlines()]
        return "\n".join(line for line in lines if line)


def is_above(text: str) -> bool:
    """Whether its first alignment is one at the top, by ASS's numbers."""
    alignment = ALIGNMENT.search(text)
    return bool(alignment and int(alignment[1]) >= 7)


def text_of(event: str) -> tuple[str, bool]:
    """The text of an ASS event as a cue's, "" if nothing is to be read; and whether it belongs at the top."""
    parts = event.split(",", EVENT_FIELDS)
    text = parts[-1][:LONGEST_TEXT] if len(parts) > EVENT_FIELDS else ""
    if DRAWING.search(text):
        return "", False
    cue = CueText()
    for place, piece in enumerate(OVERRIDES.split(text)):  # text and overrides by turns
        if place % 2 == 0:
            cue.add(BREAKS.sub("\n", piece).replace("\\h", " "))
            continue
        for tag, on in STYLE.findall(piece):
            (cue.open if on == "1" else cue.close)(tag)
    return cue.ended(), is_above(text)


def document(cues: Iterable[Cue]) -> str:
    """A WebVTT file of these cues, in the order in which they appear."""
    parts = [HEADER]
    for cue in sorted(cues, key=lambda cue: cue.begin):
        place = " line:0" if cue.top else ""
        parts.append(f"{timestamp(cue.begin)} --> {timestamp(cue.end)}{place}\n{cue.text}\n")
    return "\n".join(parts)


def timestamp(second: Fraction | float) -> str:
    """As WebVTT writes it, to the millisecond: 01:02:03.456."""
    milliseconds = round(second * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
