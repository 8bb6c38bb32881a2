"""Whether a picture is drawn or written, and not filmed: encoders are told other things then."""

from av.video.frame import VideoFrame

# The share of pixels that are exactly as bright as the one to their right. Measured: films, animation and
# fractals up to 0.81 once they have been encoded, test pictures, credits and text from 0.94 up.
FLAT_SHARE = 0.9
ROWS = 64
# Black says nothing of what follows, for films begin with it: rows with no pixel above this do not count.
BLACK = 32


def is_flat(frame: VideoFrame) -> bool:
    """Looks at some rows of the luma of a frame in yuv420p."""
    plane = frame.planes[0]
    luma, stride = memoryview(plane), plane.line_size
    pairs = equal = 0
    for row in range(0, frame.height, max(1, frame.height // ROWS)):
        pixels = bytes(luma[row * stride : row * stride + frame.width])
        if max(pixels) <= BLACK:
            continue
        differences = int.from_bytes(pixels[1:]) ^ int.from_bytes(pixels[:-1])
        pairs += frame.width - 1
        equal += differences.to_bytes(frame.width - 1).count(0)
    return pairs > 0 and equal >= FLAT_SHARE * pairs
