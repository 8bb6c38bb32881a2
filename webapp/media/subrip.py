"""From the text of SubRip (SRT), as Matroska has it, to that of cues.

It has no specification, but habits: of HTML the tags b, i, u, s, font and br, and of ASS a few overrides. Of
libavcodec `a < b > c` comes as bold, and whatever else is in angle brackets not at all.
"""

import re

from .webvtt import LONGEST_TEXT, CueText, is_above

TAG = re.compile(r"<(/?)([bius]|font)(?:(?<=font)\s+\w+\s*=[^<>]*)?>", re.IGNORECASE)
# Of ASS, and of MicroDVD as in {y:i}.
OVERRIDE = re.compile(r"\{(?:\\[^{}]*|[CFOPSY]:[^{}]*)\}", re.IGNORECASE)
BREAK = re.compile(r"<br\s*/?>|\\N", re.IGNORECASE)
STYLES = ("b", "i", "u")  # that WebVTT has, too


def text_of(written: str) -> tuple[str, bool]:
    """The text as a cue's, "" if nothing is to be read; and whether it belongs at the top."""
    written = written[:LONGEST_TEXT]
    pieces = TAG.split(BREAK.sub("\n", OVERRIDE.sub("", written)))
    cue = CueText()
    cue.add(pieces[0])
    for end, tag, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        if tag.lower() in STYLES:
            (cue.close if end else cue.open)(tag.lower())
        cue.add(text)
    return cue.ended(), is_above(written)
