"""HEVC as files hold it: NAL units with a length before each, and the record (ISO/IEC 14496-15 §8.3.3)."""

import struct
from collections.abc import Iterator

SAMPLE_ENTRY = (b"hvc1", b"hvcC")
# nal_unit_type of ITU-T H.265 table 7-1.
IDR, VIDEO_SET, SEQUENCE_SET, PICTURE_SET = (19, 20), 32, 33, 34
PROFILE_BYTES = 12  # profile_tier_level without sublayers
LENGTH_BYTES = 4


def configuration(extradata: bytes) -> bytes:
    """HEVCDecoderConfigurationRecord of parameter sets for 4:2:0 and 8 bits, a length before each."""
    units = list(_units(extradata))
    sets = [
        next(unit for unit in units if _type(unit) == kind) for kind in (VIDEO_SET, SEQUENCE_SET, PICTURE_SET)
    ]
    sequence = sets[1].replace(b"\0\0\3", b"\0\0")
    profile = sequence[3 : 3 + PROFILE_BYTES]
    sublayers, nested = (sequence[2] >> 1 & 7) + 1, sequence[2] & 1
    arrays = [struct.pack(">BHH", 0x80 | _type(unit), 1, len(unit)) + unit for unit in sets]
    layers = sublayers << 3 | nested << 2 | LENGTH_BYTES - 1
    # No spatial segmentation, parallelism unknown, 4:2:0, twice 8 bits, no average rate.
    middle = struct.pack(">HBBBBHBB", 0xF000, 0xFC, 0xFC | 1, 0xF8, 0xF8, 0, layers, len(arrays))
    return b"".join((b"\1", profile, middle, *arrays))


def codec_string(record: bytes) -> str:
    """RFC 6381 name of the profile, tier and level in an hvcC record (ISO/IEC 14496-15 annex E.3)."""
    space, tier, profile = record[1] >> 6, record[1] >> 5 & 1, record[1] & 31
    compatible = int(f"{int.from_bytes(record[2:6]):032b}"[::-1], 2)
    constraints = [f"{byte:X}" for byte in record[6:12].rstrip(b"\0")]
    return ".".join(
        [
            "hvc1",
            f"{' ABC'[space].strip()}{profile}",
            f"{compatible:X}",
            f"{'LH'[tier]}{record[12]}",
            *constraints,
        ]
    )


def progressive(record: bytes) -> bool:
    """general_progressive_source_flag, and not general_interlaced_source_flag (ITU-T H.265 §7.3.3)."""
    return record[6] >> 6 == 0b10


def starts_anew(data: bytes) -> bool:
    """Whether there is an IDR picture in a sample."""
    return any(_type(unit) in IDR for unit in _units(data))


def _units(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + LENGTH_BYTES < len(data):
        begin = at + LENGTH_BYTES
        at = begin + int.from_bytes(data[at:begin])
        yield data[begin:at]


def _type(unit: bytes) -> int:
    return unit[0] >> 1 & 63
