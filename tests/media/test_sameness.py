"""The same frames become the same bytes, whatever memory was used for before, in one thread or several."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from webapp.media import timeline, zeroing
from webapp.media.jobs import ChunkJob
from webapp.media.ladder import Rung
from webapp.media.track import segment_name

from . import child
from .encoding import facts_of

# Rows of 14, 27, 20, 15 and 10 macroblocks: no rung here is a whole number of vectors wide.
SIZES = ((214, 120), (426, 240), (320, 180), (234, 132), (160, 90))
ENCODES, AT_A_TIME = 20, 2
# Has the C library fill what it hands out, each time with another byte (mallopt(3)).
FILLING = "MALLOC_PERTURB_"


def test_a_chunk_is_the_same_bytes_in_every_process(footage: Callable[..., Path], tmp_path: Path) -> None:
    source = footage("a.mp4", width=480, height=270)
    facts = facts_of(source)
    span = timeline.chunks(facts.duration_s)[1]
    rungs = [Rung(name=f"{w}w", width=w, height=h, ceiling_bps=300_000) for w, h in SIZES]

    def encode(number: int) -> tuple[str, ...]:
        folder = tmp_path / str(number)
        job = ChunkJob(
            source=str(source),
            folder=str(folder),
            facts=facts,
            rungs=rungs,
            side_by_side=number % 4 == 0,
            **span._asdict(),
        )
        said = child.run(job, environment={FILLING: str(number * 12 % 256)})
        assert said.failure is None
        segments = [folder / rung.name / segment_name(span.first) for rung in rungs]
        return tuple(sha256(segment.read_bytes()).hexdigest()[:8] for segment in segments)

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        assert len(set(pool.map(encode, range(ENCODES)))) == 1


def test_x264_may_use_all_instructions_where_its_memory_can_be_zeroed() -> None:
    assert zeroing.instructions(avx512=True, zeroed=True) is None
    assert zeroing.instructions(avx512=False, zeroed=False) is None
    assert zeroing.instructions(avx512=True, zeroed=False) == zeroing.WITHOUT_AVX512
