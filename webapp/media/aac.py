"""AAC-LC as containers hold it: bare frames beside a configuration, or frames with ADTS headers."""

from typing import NamedTuple

FRAME_SAMPLES = 1024  # of AAC-LC
CODEC = "mp4a.40.2"  # AAC-LC (RFC 6381)
# Of each rendition that we encode: Hz, channels, bits per second.
SAMPLE_RATE, CHANNELS, BIT_RATE_BPS = 48_000, 2, 128_000
# By samplingFrequencyIndex (ISO/IEC 14496-3 table 1.18), in Hz.
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
HIGHEST_RATE = 0xFFFF  # Hz that a sample entry has room for (ISO/IEC 14496-12 §12.2.3)
LOW_COMPLEXITY = 2  # audioObjectType of table 1.17
ADTS_SYNC, ADTS_HEADER, ADTS_CHECKSUM = 0xFFF0, 7, 2


class Config(NamedTuple):
    """An AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1)."""

    data: bytes
    sample_rate: int
    channels: int

    @classmethod
    def parse(cls, data: bytes) -> "Config | None":
        """None if it is not that of plain AAC-LC in frames of 1024 samples, up to two channels and 64 kHz."""
        if len(data) < 2:
            return None
        bits = int.from_bytes(data[:2])
        kind, rate, channels, short = bits >> 11, bits >> 7 & 0xF, bits >> 3 & 0xF, bits >> 2 & 1
        if kind != LOW_COMPLEXITY or rate >= len(RATES) or channels not in (1, 2) or short:
            return None
        return cls(data, RATES[rate], channels) if RATES[rate] <= HIGHEST_RATE else None


def config_of(packet: bytes) -> Config | None:
    """The configuration in an ADTS header (ISO/IEC 14496-3 §1.A.2.2.1); None if there is none."""
    if not has_header(packet):
        return None
    kind, rate = (packet[2] >> 6) + 1, packet[2] >> 2 & 0xF
    channels = (packet[2] & 1) << 2 | packet[3] >> 6
    return Config.parse((kind << 11 | rate << 7 | channels << 3).to_bytes(2))


def has_header(packet: bytes) -> bool:
    return len(packet) > ADTS_HEADER and int.from_bytes(packet[:2]) & 0xFFF6 == ADTS_SYNC


def without_header(packet: bytes) -> bytes:
    """The bare frame."""
    if not has_header(packet):
        return packet
    return packet[ADTS_HEADER + (0 if packet[1] & 1 else ADTS_CHECKSUM) :]
