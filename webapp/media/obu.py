"""AV1 as files hold it: OBUs (AV1 §5.3) in samples, and the configuration (AV1 in ISOBMFF §2.3)."""

SAMPLE_ENTRY = (b"av01", b"av1C")
TEMPORAL_DELIMITER = b"\x12\x00"
SEQUENCE_HEADER, FRAME_HEADER, FRAME = 1, 3, 6  # obu_type (§6.2.2)
WITHOUT_TIER = 7  # up to this level index there is one tier
MAIN_420_8BIT = 0b1100  # subsampled both ways, in the third byte of av1C


def configuration(extradata: bytes) -> bytes:
    """AV1CodecConfigurationRecord for a sequence header without timing, of 4:2:0 and 8 bits.

    It holds no header itself: SVT settles some of its bits only with the first frame, and every keyframe has
    it anyway.
    """
    head = _payload(extradata)
    profile, level, tier = _profile(head)
    return bytes((0x81, profile << 5 | level, tier << 7 | MAIN_420_8BIT, 0))


def codec_string(record: bytes) -> str:
    """Name of the profile, level, tier and depth in an av1C record (AV1 in ISOBMFF §5)."""
    return f"av01.{record[1] >> 5}.{record[1] & 31:02}{'MH'[record[2] >> 7]}.08"


def sample(packet: bytes) -> bytes:
    """A temporal unit as a file holds it: without its delimiter (AV1 in ISOBMFF §2.4)."""
    return packet.removeprefix(TEMPORAL_DELIMITER)


def starts_anew(data: bytes) -> bool:
    """Whether a sample can be decoded alone: a sequence header, then a key frame that is shown."""
    at, described = 0, False
    while at < len(data):
        kind = data[at] >> 3 & 15
        size, begin = _size(data, at)
        if kind == SEQUENCE_HEADER:
            described = True
        elif kind in (FRAME_HEADER, FRAME):
            # show_existing_frame, two bits of frame_type, show_frame (§5.9.2): not, KEY_FRAME, shown.
            return described and data[begin] >> 4 == 0b0001
        at = begin + size
    return False


def _size(data: bytes, at: int) -> tuple[int, int]:
    """Size of the payload of the OBU at `at`, in bytes, and where that begins (§5.3, leb128)."""
    begin, size, shift = at + 1 + (data[at] >> 2 & 1), 0, 0
    if not data[at] & 2:  # without a size it goes on to the end
        return len(data) - begin, begin
    while True:
        byte = data[begin]
        size, begin, shift = size | (byte & 127) << shift, begin + 1, shift + 7
        if byte < 128:
            return size, begin


def _payload(data: bytes) -> bytes:
    size, begin = _size(data, 0)
    return data[begin : begin + size]


def _profile(head: bytes) -> tuple[int, int, int]:
    """seq_profile, seq_level_idx and seq_tier of the only operating point."""
    level = head[3] >> 3
    return head[0] >> 5, level, head[3] >> 2 & 1 if level > WITHOUT_TIER else 0
