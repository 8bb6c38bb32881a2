"""What is published of packages that grow, to a storage that is real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tests.support import hls
from tests.support.facts import facts, rung_tracks, track
from tests.support.waiting import LONGEST_S, until
from webapp.media.obstacles import Copying
from webapp.media.track_names import AUDIO_NAME, COPY_NAME
from webapp.pipeline.package import Package
from webapp.pipeline.plan import Plan
from webapp.pipeline.publishing import Publisher, Watchable
from webapp.pipeline.stand_in import StandIn
from webapp.storage.local import LocalStorage

VIDEO = "a-video"
COPYING = Copying(sound=True, average_bps=1_000_000)
# Longer than a publisher takes that has something to publish; there is no word of nothing having happened.
A_WHILE_S = 0.3


class Viewer:
    """Is told how much there is, and looks for it as a player would."""

    def __init__(self, root: Path) -> None:
        self.told: list[int] = []
        self._package = hls.Package.stored(root, VIDEO)

    async def tell(self, package: Watchable, published: int) -> None:
        self.told.append(published)

    @property
    def listed(self) -> list[str]:
        """Segments in the list of the first picture, none if there is no list."""
        try:
            return self._package.media(self._package.variants[0].uri).segments
        except FileNotFoundError:
            return []

    @property
    def ended(self) -> bool:
        return self._package.media(self._package.variants[0].uri).ended

    def sees(self, count: int, folder: str = "p/") -> bool:
        """Whether so many segments are listed, of a rendition whose name ends like this."""
        return len(self.listed) == count and all(folder in name for name in self.listed)


@pytest.fixture
def plan() -> Plan:
    return Plan.of(facts(30, audio=False, copying=COPYING))


@pytest.fixture
def viewer(tmp_path: Path) -> Viewer:
    return Viewer(tmp_path)


@pytest.fixture
def ladder(storage: LocalStorage, plan: Plan) -> Package:
    return Package(storage, VIDEO, 1, plan)


@pytest.fixture
def copy(storage: LocalStorage, plan: Plan) -> StandIn:
    copied = Plan.of(msgspec.structs.replace(plan.facts, copying=COPYING))
    found = StandIn.of(storage, VIDEO, 1, copied)
    assert found
    return found


@asynccontextmanager
async def growing(package: Watchable, viewer: Viewer, published: int = 0) -> AsyncIterator[Publisher]:
    publisher = Publisher(package, viewer.tell, published)
    task = asyncio.create_task(publisher.grow())
    yield publisher
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def encode(ladder: Package, *numbers: int) -> None:
    for number in numbers:
        ladder.add_chunk(number, rung_tracks(ladder.plan, number))


async def test_what_is_new_is_published_and_then_told(ladder: Package, viewer: Viewer) -> None:
    async with growing(ladder, viewer) as publisher:
        encode(ladder, 0, 2)
        publisher.news()
        await until(lambda: viewer.told == [1])
        assert viewer.sees(1)
        encode(ladder, 1)
        publisher.news()
        await until(lambda: viewer.told == [1, 3])
        assert viewer.sees(3)


async def test_nothing_is_published_before_its_sound(storage: LocalStorage, viewer: Viewer) -> None:
    plan = Plan.of(facts(30))
    package = Package(storage, VIDEO, 1, plan)
    publisher = Publisher(package, viewer.tell)
    encode(package, 0)
    assert not await publisher.publish()
    assert not viewer.listed and not viewer.told
    package.add_audio(track(AUDIO_NAME, plan, 0))
    assert await publisher.publish()
    assert viewer.sees(1) and viewer.told == [1]


async def test_what_comes_while_lists_are_stored_is_told_once_it_is_listed(
    ladder: Package, viewer: Viewer
) -> None:
    publisher = Publisher(ladder, viewer.tell)
    encode(ladder, 0)
    publishing = asyncio.create_task(publisher.publish())
    await asyncio.sleep(0)  # it is at the first list by now
    encode(ladder, 1)
    await publishing
    assert viewer.told == [1] and viewer.sees(1)
    await publisher.publish()
    assert viewer.told == [1, 2] and viewer.sees(2)


@pytest.mark.parametrize("recorded", [4, 1])  # it may have been killed before it wrote down the rest
async def test_what_an_earlier_process_listed_gets_no_shorter(
    storage: LocalStorage, ladder: Package, plan: Plan, viewer: Viewer, recorded: int
) -> None:
    encode(ladder, 0, 1, 2, 3)
    await ladder.write()
    again = Package(storage, VIDEO, 1, plan)
    async with growing(again, viewer, published=recorded) as publisher:
        for number in range(3):
            encode(again, number)
            publisher.news()
            await asyncio.sleep(A_WHILE_S)
            assert viewer.sees(4) and not viewer.told
        encode(again, 3, 4)
        publisher.news()
        await until(lambda: viewer.told == [5])


async def test_another_package_takes_its_place_once_it_goes_as_far(
    copy: StandIn, ladder: Package, plan: Plan, viewer: Viewer
) -> None:
    coarse = track(COPY_NAME, plan, 0, 3)
    # As many seconds in two segments, for the copy is cut where the upload has keyframes.
    first, second, third = coarse.segments
    longer = msgspec.structs.replace(second, duration=second.duration + third.duration)
    async with growing(copy, viewer) as publisher:
        copy.add(msgspec.structs.replace(coarse, segments=[first, longer]))
        publisher.news()
        await until(lambda: viewer.told == [2] and viewer.sees(2, "copy/"))
        encode(ladder, 0, 1)
        publisher.turn_to(ladder)
        await publisher.publish()
        assert viewer.sees(2, "copy/")
        encode(ladder, 2)
        publisher.news()
        await until(lambda: viewer.told == [2, 3] and viewer.sees(3))


async def test_once_it_is_complete_nothing_more_is_published(
    copy: StandIn, ladder: Package, plan: Plan, viewer: Viewer
) -> None:
    async with growing(copy, viewer, published=9) as publisher:
        copy.add(track(COPY_NAME, plan, 0, 2))
        assert not await publisher.publish()
        assert not viewer.told and not publisher.done.is_set()
        copy.end()  # with fewer than an earlier process had
        publisher.news()
        await asyncio.wait_for(publisher.done.wait(), LONGEST_S)
        assert viewer.told == [2] and viewer.ended
        copy.add(track(COPY_NAME, plan, 2, 2))
        assert not await publisher.publish()
        assert viewer.told == [2] and viewer.sees(2, "copy/")
