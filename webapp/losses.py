"""What of an upload is missing in what a run makes of it, in numbers: the history says the same in words."""

from collections.abc import Callable

from pydantic import Field

from .events import WireModel
from .runs import Run
from .videos import Video


class Losses(WireModel):
    """What of the upload is missing. A number is there once that part of the run is done: 0 for nothing."""

    missing_end_seconds: float | None = Field(
        default=None, description="For how long the file says that it goes on after its end."
    )
    breaks_off: bool | None = Field(
        default=None, description="Whether it ends in the middle without having said how long it is."
    )
    left_out_seconds: float | None = Field(
        default=None,
        description="How long what follows in another coding lasts, with which this cannot go on.",
    )
    left_out_tracks: int | None = Field(
        default=None,
        description="Of picture and sound: one picture is shown, no more than eight sounds are offered, and "
        "some have no decoder. Subtitles that are pictures are not counted.",
    )
    picture_missing_seconds: float | None = Field(
        default=None, description="For how long nothing of the picture is shown where it was damaged."
    )
    picture_damaged_packets: int | None = Field(
        default=None, description="Packets, about one a frame, that could not be decoded, or only in part."
    )
    sound_missing_seconds: float | None = Field(
        default=None,
        description="For how long nothing of the sound is heard where it was damaged; of several tracks, of "
        "the one that misses most.",
    )
    sound_damaged_packets: int | None = Field(default=None, description="Of all tracks of sound.")
    undecodable_sounds: int | None = Field(
        default=None, description="Tracks of sound that are left out since nothing of them could be decoded."
    )
    subtitles_damaged_packets: int | None = Field(default=None, description="Of all tracks of subtitles.")


def losses_of(run: Run) -> Losses | None:
    """None while nothing is known, and of runs of earlier releases."""
    return Losses(**run.losses) if run.losses is not None else None


def losing(found: Losses) -> Callable[[Video, Run], None]:
    """A change of a run's row: what was `found` to be missing, beside what is known already."""

    def tell(video: Video, run: Run) -> None:
        run.losses = {**(run.losses or {}), **found.model_dump(exclude_none=True)}

    return tell
