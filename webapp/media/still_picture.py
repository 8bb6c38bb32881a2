"""Files that are a picture and no video, told by their first bytes: nothing of them is opened."""

from pathlib import Path

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
TIFF = (b"II*\x00", b"MM\x00*")  # and what cameras call raw
# Major brands of HEIF (ISO/IEC 23008-12 §10) and AVIF, of which libavformat makes a video of one frame.
BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")


def is_still_picture(path: Path) -> bool:
    """Whether it is one by its kind; whether a GIF moves its frames tell."""
    with path.open("rb") as file:
        begin = file.read(12)
    if begin[4:8] == b"ftyp":
        return begin[8:] in BRANDS
    return begin.startswith((JPEG, PNG, *TIFF)) or (begin.startswith(b"RIFF") and begin[8:] == b"WEBP")
