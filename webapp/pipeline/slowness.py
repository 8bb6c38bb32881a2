"""Why a run takes longer than its video lasts: what about the source costs the time, in one sentence."""

from ..media.facts import Facts
from ..words import bit_rate

REAL_TIME = 1.0  # seconds of video a second; nobody asks why something is faster than that
QHD_PIXELS, HD_PIXELS = 2560 * 1440, 1920 * 1080
UHD = 4  # times the pixels of 1080p
NEARLY = 0.9  # of a size, for pictures that were cropped
HIGH_RATE = 48  # frames a second
# More than phones record at 1080p; from here on reading and decoding it is felt.
HIGH_BIT_RATE_BPS = 40_000_000
SLOW_TO_DECODE = {"hevc": "HEVC", "av1": "AV1", "vp9": "VP9", "prores": "ProRes"}


NOW, THEN = "This takes time because ", "This took time because "
BUSY_NOW = "Nothing about the video is costly: the machine is busy, or small."
BUSY_THEN = "Nothing about the video was costly: the machine was busy, or is small."


def properties(facts: Facts) -> list[str]:
    """What is costly about a source, the costliest first."""
    video = facts.picture
    if video is None:
        return []
    found = []
    pixels, rate = video.width * video.height, float(video.rate.fraction)
    if video.hdr:
        found.append("it is HDR, whose colours are brought down to what every screen shows")
    times = round(pixels / HD_PIXELS)
    if times > UHD:
        found.append(f"its picture is {video.width} × {video.height}, {times} times as much as 1080p")
    elif times == UHD:
        found.append("its picture is 4K, four times as much as 1080p")
    elif pixels >= NEARLY * QHD_PIXELS:
        found.append(f"its picture is large, {video.width} × {video.height}")
    if rate >= HIGH_RATE:
        found.append(f"it has {rate:.0f} frames a second")
    if video.interlaced:
        found.append("it is interlaced, and its fields are made whole pictures")
    if video.codec in SLOW_TO_DECODE:
        deep = ", with 10 bits a colour" if video.deep else ""
        found.append(f"it is {SLOW_TO_DECODE[video.codec]}{deep}, which takes long to decode")
    if facts.bit_rate_bps > HIGH_BIT_RATE_BPS:
        found.append(f"its bit rate is high, {bit_rate(facts.bit_rate_bps)}")
    if not found and pixels >= NEARLY * HD_PIXELS:
        found.append("its picture is 1080p, which is a lot for this machine")
    return found


def because(facts: Facts, speed: float | None) -> str | None:
    """The sentence for a run at this speed, in seconds of video a second; None if that is fast enough."""
    if speed is None or speed >= REAL_TIME:
        return None
    found = properties(facts)
    if not found:
        return BUSY_NOW
    *others, last = found[:3]
    return f"{NOW}{', '.join(others)}{' and ' if others else ''}{last}."


def in_the_past(sentence: str) -> str:
    """The same once the run is over."""
    return BUSY_THEN if sentence == BUSY_NOW else sentence.replace(NOW, THEN)
