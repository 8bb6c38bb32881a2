"""What of a stored picture is not to be shown, as its container says.

libavformat reads it, but as side data of the stream, which PyAV does not hand on.
"""

from collections.abc import Iterator

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from . import clean_aperture
from .ebml import Readable, elements, tracks
from .facts import WHOLE, Cropping

# Of Matroska, RFC 9559 §5.1.4.1.28.8 to 11.
TRACK_TYPE, PICTURE, VIDEO = 0x83, 1, 0xE0
LEFT, TOP, RIGHT, BOTTOM = 0x54CC, 0x54BB, 0x54DD, 0x54AA


def cropping(container: InputContainer, stream: VideoStream, file: Readable) -> Cropping:
    """Of the pictures of a stream, from the beginning of the `file` that is open as `container`."""
    match container.format.name.partition(",")[0]:
        case "mov":
            return clean_aperture.of_track(file, stream.id)
        case "matroska":
            return _of_matroska(container, stream, file)
    return WHOLE


def _of_matroska(container: InputContainer, stream: VideoStream, file: Readable) -> Cropping:
    pictures = [one for one in container.streams.video if Disposition.attached_pic not in one.disposition]
    of_tracks = list(_of_pictures(file))
    place = [one.index for one in pictures].index(stream.index)
    return of_tracks[place] if len(of_tracks) == len(pictures) else WHOLE


def _of_pictures(file: Readable) -> Iterator[Cropping]:
    """Of each track that is a picture, in their order."""
    for described in tracks(file):
        if int.from_bytes(described.get(TRACK_TYPE, b"")) == PICTURE:
            video = dict(elements(described.get(VIDEO, b"")))
            left, top, right, bottom = (
                int.from_bytes(video.get(side, b"")) for side in (LEFT, TOP, RIGHT, BOTTOM)
            )
            yield Cropping(left, top, right, bottom)
