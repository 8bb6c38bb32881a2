"""WebVTT (W3C), from the text of ASS events, which is what libavcodec makes of every format of subtitles."""

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


def text_of(event: str) -> tuple[str, bool]:
    """The text of an ASS event as a cue's, "" if nothing is to be read; and whether it belongs at the top."""
    parts = event.split(",", EVENT_FIELDS)
    text = parts[-1][:LONGEST_TEXT] if len(parts) > EVENT_FIELDS else ""
    if DRAWING.search(text):
        return "", False
    alignment = ALIGNMENT.search(text)
    pieces = OVERRIDES.split(text)  # text and overrides by turns
    found, opened = [], []
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            found.append(html.escape(BREAKS.sub("\n", piece).replace("\\h", " "), quote=False))
            continue
        for tag, on in STYLE.findall(piece):
            if on == "1" and tag not in opened:
                opened.append(tag)
                found.append(f"<{tag}>")
            elif on == "0" and tag in opened:
                while (last := opened.pop()) != tag:  # they must nest
                    found.append(f"</{last}>")
                found.append(f"</{tag}>")
    found += [f"</{tag}>" for tag in reversed(opened)]
    # An empty line would end the cue.
    lines = [line.strip() for line in "".join(found).replace("\0", "").splitlines()]
    return "\n".join(line for line in lines if line), bool(alignment and int(alignment[1]) >= 7)


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
