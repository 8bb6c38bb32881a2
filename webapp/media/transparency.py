"""Whether something is to be seen through a picture, which no rendition shows."""

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# As Matroska and WebM say it (AlphaMode); the decoder does not give out what they keep beside the picture.
ALPHA_MODE, IN_BLOCK_ADDITIONS = "alpha_mode", "1"
OPAQUE, LOOK_AT_PIXELS = 255, 64


def is_transparent(stream: VideoStream, frame: VideoFrame) -> bool:
    """By the stream's first frame: many formats have room for it and do not use that."""
    if stream.metadata.get(ALPHA_MODE) == IN_BLOCK_ADDITIONS:
        return True
    if not any(component.is_alpha for component in frame.format.components):
        return False
    (plane,) = frame.reformat(LOOK_AT_PIXELS, LOOK_AT_PIXELS, "rgba").planes
    return min(bytes(plane)[3::4]) < OPAQUE
