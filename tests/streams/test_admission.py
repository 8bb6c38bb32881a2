"""Who may open a stream when many are open."""

import pytest

from tests.support.station import JSON, Station
from webapp.config import Settings
from webapp.errors import NotFound, Unavailable
from webapp.streams.admission import Admission
from webapp.streams.replay import Cursor
from webapp.streams.topic import VideoTopic

HOME, OFFICE = "203.0.113.7", "198.51.100.1"


@pytest.fixture
def admission() -> Admission:
    return Admission(most=5, most_per_address=2)


def enter(admission: Admission, *addresses: str) -> None:
    for address in addresses:
        admission.enter(address)


def test_an_address_has_its_share_and_another_one_too(admission: Admission) -> None:
    enter(admission, HOME, HOME, OFFICE, OFFICE)
    with pytest.raises(Unavailable):
        admission.enter(HOME)
    admission.leave(HOME)
    admission.enter(HOME)


def test_in_all_there_are_no_more_than_that(admission: Admission) -> None:
    enter(admission, "127.0.0.1", "127.0.0.1", "::1", "127.5.5.5", HOME)
    for address in ("127.0.0.1", HOME, OFFICE, ""):
        with pytest.raises(Unavailable):
            admission.enter(address)
    admission.leave("::1")
    admission.enter(OFFICE)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "", "<local>"])
def test_a_proxy_on_this_machine_speaks_for_many(admission: Admission, address: str) -> None:
    enter(admission, *[address] * 5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("203.0.113.7", "::ffff:203.0.113.7"),
    ],
)
def test_who_has_many_addresses_is_counted_once(admission: Admission, one: str, other: str) -> None:
    enter(admission, one, other)
    with pytest.raises(Unavailable):
        admission.enter(one)
    admission.enter("2001:db8:1:3::1")
    admission.leave(other)
    admission.enter(one)


async def test_a_place_is_given_back_however_a_stream_ends(settings: Settings) -> None:
    few = settings.model_copy(update={"stream_max_per_address": 1})
    async with Station(few) as station:
        video_id = await station.video()
        for _ in range(3):
            stream = await station.hub.open(VideoTopic(video_id), JSON, Cursor(), address=HOME)
            with pytest.raises(Unavailable):
                await station.hub.open(VideoTopic(video_id), JSON, Cursor(), address=HOME)
            stream.close()
            with pytest.raises(NotFound):
                await station.hub.open(VideoTopic("nobody"), JSON, Cursor(), address=HOME)
        assert station.hub.open_streams == 0
        assert station.hub.metrics.registry.get_sample_value("rushes_stream_refused_total") == 3
