"""Whether a sample can be decoded alone, by the codec's own marks and not by what the encoder said."""

from collections.abc import Iterator

from . import hvc, obu

NAL_IDR = 5  # ITU-T H.264, table 7-1


def starts_anew(codec: str, data: bytes) -> bool:
    """
    Args:
        codec: RFC 6381 name of what the sample `data` is of.
    """
    match codec.partition(".")[0]:
        case "av01":
            return obu.starts_anew(data)
        case "hvc1":
            return hvc.starts_anew(data)
    return NAL_IDR in nal_types(data)


def nal_types(sample: bytes) -> Iterator[int]:
    """Types of the H.264 NAL units in a sample, each with four bytes of length (ISO/IEC 14496-15 §5.3)."""
    offset = 0
    while offset + 5 <= len(sample):
        yield sample[offset + 4] & 31
        offset += 4 + int.from_bytes(sample[offset : offset + 4])
