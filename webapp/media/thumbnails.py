"""The list of a storyboard's tiles that players read: WebVTT whose cues name a part of a picture.

Parts as Media Fragments URI 1.0 §4.2.2 writes them; players look for a track of metadata labelled
"thumbnails", which is media-chrome's and video.js's convention.
"""

from .answers import Storyboard
from .webvtt import timestamp

MEDIA_TYPE = "text/vtt"


def webvtt(board: Storyboard | None, picture: str) -> str:
    """The list; `picture` is the storyboard's address, relative to the list's. Without one it is empty."""
    cues = [
        f"\n{timestamp(number * board.interval_s)} --> {timestamp((number + 1) * board.interval_s)}\n"
        f"{picture}#xywh={left},{top},{board.width},{board.height}\n"
        for board in ([board] if board else [])
        for number in range(board.count)
        for left, top in [board.place(number)]
    ]
    return "WEBVTT\n" + "".join(cues)
