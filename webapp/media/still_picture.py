"""Files that are a picture and no video, told by their first bytes: nothing of them is opened."""

from pathlib import Path

from av.video.stream import VideoStream

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
TIFF = (b"II*\x00", b"MM\x00*")  # and what cameras call raw
# Major brands of HEIF (ISO/IEC 23008-12 §10) and AVIF, of which libavformat makes a video of one frame; those
# of sequences are not among them.
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif")


def is_still_picture(path: Path) -> bool:
    """Whether it is one by its kind; whether a GIF moves its frames tell."""
    with path.open("rb") as file:
        begin = file.read(12)
    if begin[4:8] == b"ftyp":
        return begin[8:] in BRANDS
    return begin.startswith((JPEG, PNG, *TIFF)) or (begin.startswith(b"RIFF") and begin[8:] == b"WEBP")


def is_item(stream: VideoStream) -> bool:
    """Whether it is a picture of HEIF without a time, as sequences have one for who shows no others."""
    return stream.frames == 1 and stream.duration is None and stream.time_base == 1
