"""What a sequence parameter set of H.264 says (ITU-T H.264 §7.3.2.1)."""

# Profiles whose sets go on with the format of chroma, the depth of bits and scaling matrices.
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
FIRST_SET = 8  # in an avcC record: after six bytes and the first set's length (ISO/IEC 14496-15 §5.3.3)
COLOUR_444 = 3
SCALING_LISTS, SCALING_LISTS_444, SMALL_LISTS = 8, 12, 6  # the first so many have 16 entries, the others 64


def progressive(avcc: bytes) -> bool:
    """Whether all frames of a track with this avcC record are progressive."""
    return only_frames(avcc[FIRST_SET:])


def only_frames(parameter_set: bytes) -> bool:
    """Whether no picture that goes by this set is made of fields, nor of pairs of their macroblocks."""
    bits = Bits(parameter_set.replace(b"\x00\x00\x03", b"\x00\x00"))
    skip_to_frames_only(bits)
    return bool(bits.read(1))  # frame_mbs_only_flag


def skip_to_frames_only(bits: "Bits") -> None:
    """From the start of a set, with nothing in it escaped any more, to its frame_mbs_only_flag."""
    bits.skip(8)
    profile = bits.read(8)
    bits.skip(16)  # constraints, level
    bits.golomb()  # id
    if profile in HIGH_PROFILES:
        chroma = bits.golomb()
        if chroma == COLOUR_444:
            bits.skip(1)
        bits.golomb()
        bits.golomb()
        bits.skip(1)
        if bits.read(1):
            _skip_scaling_matrices(bits, SCALING_LISTS_444 if chroma == COLOUR_444 else SCALING_LISTS)
    bits.golomb()
    order = bits.golomb()  # pic_order_cnt_type
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.skip(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()
    bits.golomb()  # reference frames
    bits.skip(1)
    bits.golomb()  # width
    bits.golomb()  # height


def _skip_scaling_matrices(bits: "Bits", lists: int) -> None:
    """§7.3.2.1.1.1: each list ends early where the rest repeats the last entry."""
    for number in range(lists):
        if not bits.read(1):
            continue
        scale = 8
        for _ in range(16 if number < SMALL_LISTS else 64):
            scale = (scale + bits.signed_golomb()) % 256
            if scale == 0:
                break


class Bits:
    """Reads bit by bit; behind the end there are zeros.

    Attributes:
        left: how many are still to be read.
    """

    def __init__(self, data: bytes) -> None:
        self._value, self.left = int.from_bytes(data), len(data) * 8

    def read(self, count: int) -> int:
        self.left -= count
        return self._value >> max(0, self.left) & (1 << count) - 1

    def skip(self, count: int) -> None:
        self.left -= count

    def golomb(self) -> int:
        """An unsigned Exp-Golomb code (§9.1)."""
        zeros = 0
        while self.left > 0 and not self.read(1):
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)

    def signed_golomb(self) -> int:
        """A signed one (§9.1.1)."""
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -code // 2
