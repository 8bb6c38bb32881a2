"""What a run says of its renditions once they are complete."""

from collections.abc import Mapping, Sequence

from ..media import languages
from ..media.answers import Chunk
from ..media.ladder import Rung
from ..media.playlist import BitRates
from ..media.segment import Track
from ..runs import RenditionInfo
from .plan import Plan


def rendition_infos(
    plan: Plan, tracks: Sequence[Track], sounds: Mapping[str, Track], chunks: Sequence[Chunk]
) -> list[RenditionInfo]:
    """
    Args:
        tracks: of the picture, one for each of the plan's rungs.
        sounds: by their names, those that there are of the plan's.
        chunks: what the picture was encoded in, in any order.
    """
    pictures = [
        _rendition(track, rung, float(plan.rate), ssim=_ssim(number, chunks))
        for number, (track, rung) in enumerate(zip(tracks, plan.rungs, strict=True))
    ]
    heard = [
        _rendition(sounds[name], language=plan.sounds[name].language, label=label)
        for name, label in plan.sound_labels(sounds).items()
    ]
    return pictures + heard


def _ssim(rung: int, chunks: Sequence[Chunk]) -> float | None:
    """Mean over the frames sampled of a rung, if there were any."""
    found = [chunk.quality[rung] for chunk in chunks if chunk.quality]
    frames = sum(quality.frames for quality in found)
    return round(sum(quality.ssim for quality in found) / frames, 4) if frames else None


def _rendition(
    track: Track,
    rung: Rung | None = None,
    frame_rate: float | None = None,
    language: str | None = None,
    ssim: float | None = None,
    label: str | None = None,
) -> RenditionInfo:
    rates = BitRates.measured(track)
    return RenditionInfo(
        name=track.name,
        width=rung.width if rung else None,
        height=rung.height if rung else None,
        codec=track.codec,
        frame_rate=frame_rate,
        peak_bps=rates.peak,
        average_bps=rates.average,
        ceiling_bps=rung.ceiling_bps if rung else None,
        language=languages.tag(language) if language else None,
        label=label,
        size_bytes=sum(segment.size for segment in track.segments),
        ssim=ssim,
    )
