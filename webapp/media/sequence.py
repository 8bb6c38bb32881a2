"""What a sequence parameter set of H.264 says (ITU-T H.264 §7.3.2.1)."""

# Profiles whose sets go on with the format of chroma, the depth of bits and scaling matrices.
HIGH_PROFILES = (100, 110, 122, 244, 44, 83, 86, 118, 128)
FIRST_SET = 8  # in an avcC record: after six bytes and the first set's length (ISO/IEC 14496-15 §5.3.3)


def progressive(avcc: bytes) -> bool | None:
    """Whether all frames of a track with this avcC record are progressive; None if it cannot be told."""
    bits = _Bits(avcc[FIRST_SET:].replace(b"\x00\x00\x03", b"\x00\x00"))
    bits.skip(8)
    profile = bits.read(8)
    bits.skip(16)  # constraints, level
    bits.golomb()  # id
    if profile in HIGH_PROFILES:
        if bits.golomb() == 3:  # 4:4:4
            bits.skip(1)
        bits.golomb()
        bits.golomb()
        bits.skip(1)
        if bits.read(1):  # scaling matrices
            return None
    bits.golomb()
    order = bits.golomb()  # pic_order_cnt_type
    if order == 1:
        return None
    if order == 0:
        bits.golomb()
    bits.golomb()  # reference frames
    bits.skip(1)
    bits.golomb()  # width
    bits.golomb()  # height
    return bool(bits.read(1))  # frame_mbs_only_flag


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data), len(data) * 8

    def read(self, count: int) -> int:
        self._left -= count
        return self._value >> max(0, self._left) & (1 << count) - 1

    def skip(self, count: int) -> None:
        self._left -= count

    def golomb(self) -> int:
        """An unsigned Exp-Golomb code (§9.1)."""
        zeros = 0
        while self._left > 0 and not self.read(1):
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)
