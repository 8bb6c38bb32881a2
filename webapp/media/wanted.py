"""What an installation wants of renditions."""

import msgspec

# How a run's chunks are encoded, see Wanted.
FIRST_ENCODING, SKETCHED_ENCODING, FINER_CLOCK_ENCODING = 1, 3, 3
NEWEST_ENCODING = 3


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation wants of renditions.

    Kept with the Facts, so that a run that is gone on with after a restart keeps to what it began with,
    whatever the settings are then.

    Attributes:
        sides: shorter sides in pixels of the renditions, as far as the source is that large; none for those
            that suit it.
        preset: of x264, by its name; empty for ours.
        beside: codecs to encode in beside H.264.
        per_title: whether sizes and bit rates follow what each video needs.
        encoding: all chunks of a run are encoded alike, whatever build goes on with it, since they share an
            initialisation segment. Of runs that began before there was this field, 1: one tuning for all,
            all sizes, never a second one beside the smallest. Of 2: see `h264`, and one clock for all. Of new
            ones, 3: what takes long is sketched first, and a clock that suits the frames, see `vui`.
    """

    sides: tuple[int, ...] = ()
    preset: str = ""
    beside: tuple[str, ...] = ()
    per_title: bool = True
    encoding: int = FIRST_ENCODING


WANTED_OF_NEW_RUNS = Wanted(encoding=NEWEST_ENCODING)
