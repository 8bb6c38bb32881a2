"""The H.264 encoder, and what its configuration record says."""

from av.video.codeccontext import VideoCodecContext

from . import picture_encoder, zeroing
from .content import Content
from .facts import VideoTrack
from .ladder import Rung
from .wanted import FIRST_ENCODING, NEWEST_ENCODING

# With the tuning below, 24 comes as close to the source as the preset by itself at x264's own 23, with
# a tenth fewer bits.
PRESET, QUALITY_CRF, PRESETS_OWN_CRF = "veryfast", 24, 23
# What the preset leaves out, and spends too much on: at the same bit rate a higher SSIM for three quarters of
# the CPU, on film, phone, broadcast and animation (docs/decisions.md). x264's own names.
TUNING = {"aq-mode": "2", "rc-lookahead": "20", "b-adapt": "0", "me": "dia"}
TUNING_OF_LARGE = {"partitions": "i4x4,i8x8"}
# Small pictures take little time, and gain more from what it finds.
TUNING_OF_SMALL, SMALL_SIDE = {"trellis": "1"}, 480
# The smallest two of a ladder gain another 0.3 dB for a hundredth of its CPU.
TUNING_OF_TINY, TINY_SIDE = {"subme": "3"}, 240

# Fades lose 3 dB where B-frames are not asked for.
TUNING_OF_BLACK = {"b-adapt": "1"}

# Text and drawings lose by all that, up to 3 dB: there the preset is left alone but for more lookahead.
FLAT_TUNING = {"rc-lookahead": "20"}
FLAT_TUNING_OF_LARGE = {"deadzone-inter": "16", "deadzone-intra": "9"}
FLAT_TUNING_OF_SMALL = {"me": "umh"}


def tuning(rung: Rung, content: Content) -> dict[str, str]:
    """Ours for a rung, in x264's names; `content` as in `open_encoder`."""
    side = min(rung.width, rung.height)
    small = side <= SMALL_SIDE
    if content is Content.FLAT:
        return FLAT_TUNING | (FLAT_TUNING_OF_SMALL if small else FLAT_TUNING_OF_LARGE)
    filmed = TUNING | (TUNING_OF_SMALL if small else TUNING_OF_LARGE)
    filmed |= TUNING_OF_TINY if side <= TINY_SIDE else {}
    return filmed | TUNING_OF_BLACK if content is Content.BLACK else filmed


def x264_params(options: dict[str, str], encoding: int) -> str:
    """Options of x264 that libavcodec has no name for."""
    options = {"annexb": "0", **options}
    if encoding > FIRST_ENCODING:  # chunks have the same parameter sets, however each is tuned
        options["stitchable"] = "1"
    if asm := zeroing.instructions(zeroing.has_avx512(), zeroing.can_zero()):
        options["asm"] = asm
    return ":".join(f"{name}={value}" for name, value in options.items())


def open_encoder(
    rung: Rung,
    video: VideoTrack,
    preset: str = "",
    content: Content = Content.FILMED,
    encoding: int = NEWEST_ENCODING,
) -> VideoCodecContext:
    """An encoder whose packets hold length-prefixed NAL units and whose extradata is the avcC record.

    Args:
        preset: of x264, taken as it is; empty for ours.
        content: of the first frame.
        encoding: of Wanted.
    """
    if encoding == FIRST_ENCODING:
        content = Content.FILMED
    encoder = picture_encoder.create("libx264", rung, video)
    encoder.thread_count = 1
    encoder.options = {
        "preset": preset or PRESET,
        "profile": "high",
        "crf": str(PRESETS_OWN_CRF if preset or content is Content.FLAT else QUALITY_CRF),
        **picture_encoder.buffered(rung),
        "g": str(picture_encoder.NEVER_BY_ITSELF),
        "sc_threshold": "0",
        "forced-idr": "1",
        "x264-params": x264_params({} if preset else tuning(rung, content), encoding),
    }
    zeroing.begin()
    encoder.open()
    return encoder


def codec_string(avcc: bytes) -> str:
    """RFC 6381 name of the profile, constraints and level in an avcC record (ISO/IEC 14496-15 §5.3.3)."""
    return f"avc1.{avcc[1:4].hex()}"
