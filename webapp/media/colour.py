"""What frames say of their colours, by the numbers of ITU-T H.273: anything, some of it not defined."""

from av.video.frame import VideoFrame

BT709, UNSPECIFIED, SMPTE170M, BT2020 = 1, 2, 6, 9
# What there is; the others are reserved. A matrix of RGB (0) is no label for what comes out.
PRIMARIES = frozenset((1, *range(4, 13), 22))
TRANSFERS = frozenset((1, *range(4, 19)))
MATRICES = frozenset((1, *range(4, 15)))
# Of these libswscale converts none, and refuses the frame.
UNKNOWN_TRANSFERS, UNKNOWN_MATRICES = frozenset((9, 10)), frozenset((8, *range(10, 15)))


def labelled(frame: VideoFrame, guess: int) -> tuple[int, int, int]:
    """Primaries, transfer and matrix as the frame says, or `guess` for what it does not.

    A matrix of BT.709 tells the rest, as it does for players: VP9 has no place for more.
    """
    if frame.colorspace == BT709:
        guess = BT709
    said = (frame.color_primaries, PRIMARIES), (frame.color_trc, TRANSFERS), (frame.colorspace, MATRICES)
    primaries, transfer, matrix = (number if number in defined else guess for number, defined in said)
    return primaries, transfer, matrix


def matrices(frame: VideoFrame, shown: int) -> tuple[int, int]:
    """The matrix of the frame, and the one of what becomes of it.

    Both UNSPECIFIED where nothing is to be converted, since there is no converter for it.

    Args:
        shown: what the output is labelled with; taken for the frame's own where that says none.
    """
    if shown not in MATRICES - UNKNOWN_MATRICES:
        return UNSPECIFIED, UNSPECIFIED
    own = frame.colorspace
    return (own if own in MATRICES - UNKNOWN_MATRICES else shown), shown


def forget_unknown(frame: VideoFrame) -> None:
    """Has the frame say nothing of its colours where libswscale would not take it for what it says."""
    if frame.color_primaries not in PRIMARIES:
        frame.color_primaries = UNSPECIFIED
    if frame.color_trc not in TRANSFERS - UNKNOWN_TRANSFERS:
        frame.color_trc = UNSPECIFIED
    if frame.colorspace not in MATRICES - UNKNOWN_MATRICES and frame.colorspace != 0:
        frame.colorspace = UNSPECIFIED
