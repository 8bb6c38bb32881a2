"""The clock that an H.264 stream names in its parameter set: ITU-T H.264 Annex E (usability information).

x264 writes the time base of the frames there, which may be that of milliseconds. Programs that take it for a
frame rate then take a video of varying rate for one of 1,000 frames a second; ffmpeg warns at every third.
"""

import struct
from fractions import Fraction

from .sequence import FIRST_SET, Bits, skip_to_frames_only
from .thinning import HIGHEST_RATE

EXTENDED_ASPECT = 255  # Extended_SAR of table E-1
CLOCK = struct.Struct(">II")  # num_units_in_tick, time_scale
CLOCK_BITS = CLOCK.size * 8
FIELDS = 2  # ticks a frame
LENGTH = struct.Struct(">H")
# The time base of `ffmpeg -f null`, where it finds no even rate itself: two frames in a tick are a warning.
# Of twice the clock it takes the average instead if that is above 210 (libavformat, av_guess_frame_rate).
FINER_CLOCK = 100
# So much faster than on average frames come one after the other where they come unevenly.
UNEVENNESS = Fraction(3, 2)


def clock(rate: Fraction, time_base: Fraction) -> int:
    """Frames a second to name for pictures of this rate on average, timed in this unit.

    The most that is shown, or more where frames come unevenly, and so fast that two of them would share a
    tick of that. What comes at whole ticks of its own comes evenly.
    """
    uneven = (rate * time_base).numerator != 1
    return FINER_CLOCK if uneven and rate * UNEVENNESS > HIGHEST_RATE else HIGHEST_RATE


def at_most(avcc: bytes, rate: int) -> bytes:
    """An avcC record (ISO/IEC 14496-15 §5.3.3) like this one, whose clock ticks for `rate` frames a second.

    For pictures that come at any of its ticks, not at each: none of them has a fixed rate.
    """
    (length,) = LENGTH.unpack_from(avcc, FIRST_SET - LENGTH.size)
    after = FIRST_SET + length
    ticking = _with_clock(avcc[FIRST_SET:after], rate)
    return avcc[: FIRST_SET - LENGTH.size] + LENGTH.pack(len(ticking)) + ticking + avcc[after:]


def _with_clock(escaped: bytes, rate: int) -> bytes:
    plain = escaped.replace(b"\x00\x00\x03", b"\x00\x00")
    bits = Bits(plain)
    if not _skip_to_clock(bits):
        return escaped
    behind = bits.left - CLOCK_BITS
    clock = int.from_bytes(CLOCK.pack(1, FIELDS * rate))
    others = int.from_bytes(plain) & ~(((1 << CLOCK_BITS) - 1) << behind)
    return _escaped((others | clock << behind).to_bytes(len(plain)))


def _skip_to_clock(bits: Bits) -> bool:
    """From the start of a set to the clock's number of units; False if there is none."""
    skip_to_frames_only(bits)
    if not bits.read(1):
        bits.skip(1)  # mb_adaptive_frame_field_flag
    bits.skip(1)  # direct_8x8_inference_flag
    if bits.read(1):  # cropping
        for _ in range(4):
            bits.golomb()
    if not bits.read(1):  # no usability information
        return False
    if bits.read(1) and bits.read(8) == EXTENDED_ASPECT:
        bits.skip(32)
    if bits.read(1):  # overscan
        bits.skip(1)
    if bits.read(1):  # video signal type
        bits.skip(4)
        if bits.read(1):
            bits.skip(24)  # primaries, transfer, matrix
    if bits.read(1):  # where chroma lies
        bits.golomb()
        bits.golomb()
    return bool(bits.read(1))


def _escaped(plain: bytes) -> bytes:
    """With the emulation prevention bytes of §7.4.1.1."""
    escaped, zeros = bytearray(), 0
    for byte in plain:
        if zeros == 2 and byte <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes(escaped)
