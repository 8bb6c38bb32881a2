"""Playlists, to the letter."""

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from webapp.media import multivariant, playlist
from webapp.media.ladder import Rung
from webapp.media.multivariant import AudioRendition, Variant
from webapp.media.playlist import BitRates
from webapp.media.segment import Segment, Track

TIMESCALE = 90_000


def segments(*seconds: float, size: int = 1000) -> list[Segment]:
    durations = [round(second * TIMESCALE) for second in seconds]
    return [
        Segment(index=index, start=sum(durations[:index]), duration=duration, size=size, samples=1)
        for index, duration in enumerate(durations)
    ]


def variant(name: str, width: int, height: int, peak: int, average: int = 0) -> Variant:
    rung = Rung(name=name, width=width, height=height, ceiling_bps=peak)
    return Variant(rung, "avc1.64001f", BitRates(peak, average or peak // 2))


def stream_infs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#EXT-X-STREAM-INF:")]


def test_a_growing_playlist_is_an_event_that_starts_at_its_beginning() -> None:
    assert playlist.media(TIMESCALE, segments(2, 4.004), ended=False) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:EVENT\n"
        "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n"
        '#EXT-X-MAP:URI="init.mp4"\n'
        "#EXTINF:2.000000,\n"
        "s00000.m4s\n"
        "#EXTINF:4.004000,\n"
        "s00001.m4s\n"
    )


def test_an_ended_playlist_is_vod_and_says_that_it_ended() -> None:
    assert playlist.media(TIMESCALE, segments(2, 1.5), ended=True) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        '#EXT-X-MAP:URI="init.mp4"\n'
        "#EXTINF:2.000000,\n"
        "s00000.m4s\n"
        "#EXTINF:1.500000,\n"
        "s00001.m4s\n"
        "#EXT-X-ENDLIST\n"
    )


def test_a_growing_playlist_only_ever_gets_longer() -> None:
    all_of_it = segments(2, 4, 6, 6, 6.3)
    texts = [playlist.media(TIMESCALE, all_of_it[:count], ended=False) for count in range(1, 6)]
    for shorter, longer in itertools.pairwise(texts):
        assert longer.startswith(shorter) and len(longer) > len(shorter)


@given(st.lists(st.integers(1, 20 * TIMESCALE), max_size=5))
def test_no_duration_rounded_is_longer_than_the_target(ticks: list[int]) -> None:
    listed = segments(*(tick / TIMESCALE for tick in ticks))
    target = playlist.target_duration(TIMESCALE, listed)
    assert all(int(Fraction(one.duration, TIMESCALE) + Fraction(1, 2)) <= target for one in listed)


@pytest.mark.parametrize(("longest", "target"), [(2, 6), (6, 6), (6.4, 6), (6.5, 7), (9.1, 9)])
def test_the_target_is_that_of_a_usual_segment_unless_one_is_longer(longest: float, target: int) -> None:
    assert playlist.target_duration(TIMESCALE, segments(2, longest)) == target


def test_the_multivariant_playlist_names_every_variant_with_its_attributes() -> None:
    variants = [variant("720p", 1280, 720, 2_900_000, 1_500_000), variant("360p", 640, 360, 800_000, 400_000)]
    sound = AudioRendition("audio", "mp4a.40.2", 2, BitRates(130_000, 128_000))
    text = multivariant.playlist(variants, [sound], Fraction(30000, 1001), "r1")
    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="und",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="r1/audio/playlist.m3u8"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=3030000,AVERAGE-BANDWIDTH=1628000,"
        'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,'
        'FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE,AUDIO="audio"\n'
        "r1/720p/playlist.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=930000,AVERAGE-BANDWIDTH=528000,"
        'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360,'
        'FRAME-RATE=29.970,VIDEO-RANGE=SDR,CLOSED-CAPTIONS=NONE,AUDIO="audio"\n'
        "r1/360p/playlist.m3u8\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",'
        'CLOSED-CAPTIONS=NONE,AUDIO="audio"\n'
        "r1/audio/playlist.m3u8\n"
    )


def test_without_sound_no_audio_is_promised() -> None:
    text = multivariant.playlist([variant("360p", 640, 360, 800_000)], [], Fraction(25), "r7")
    assert "AUDIO" not in text and "mp4a" not in text
    assert 'CODECS="avc1.64001f"' in text and "BANDWIDTH=800000," in text


def test_the_variant_of_about_two_megabits_comes_first_and_the_rest_by_size() -> None:
    rates = {1080: 5_000_000, 720: 2_700_000, 480: 1_600_000, 360: 800_000}
    variants = [variant(f"{side}p", side * 16 // 9, side, rate) for side, rate in sorted(rates.items())]
    text = multivariant.playlist(variants, [], Fraction(25), "r1")
    order = [line.partition("x")[2].partition(",")[0] for line in stream_infs(text)]
    assert order == ["480", "1080", "720", "360"]


def test_bit_rates_are_measured_from_sizes_and_exact_durations() -> None:
    track = Track(
        name="360p",
        timescale=1000,
        codec="avc1.64001f",
        init_sha256="",
        segments=[
            Segment(index=0, start=0, duration=2000, size=100_000, samples=50),
            Segment(index=1, start=2000, duration=4000, size=500_000, samples=100),
        ],
    )
    assert BitRates.measured(track) == BitRates(peak=1_000_000, average=800_000)


def test_a_short_rest_of_keyframes_is_no_peak_of_its_own() -> None:
    def rates(*parts: tuple[int, int]) -> BitRates:
        listed = [
            Segment(index=index, start=0, duration=duration, size=size, samples=1)
            for index, (duration, size) in enumerate(parts)
        ]
        track = Track(name="a", timescale=1000, codec="avc1.64001f", init_sha256="", segments=listed)
        return BitRates.measured(track)

    assert rates((6000, 600_000), (500, 200_000)).peak == math.ceil(800_000 * 8 / 6.5)
    assert rates((500, 200_000)) == BitRates(3_200_000, 3_200_000)


def test_no_rounding_makes_the_peak_less_than_players_find() -> None:
    short = Segment(index=0, start=0, duration=26_669, size=1_100_000, samples=18)
    track = Track(name="a", timescale=90_000, codec="avc1.640033", init_sha256="", segments=[short])
    listed = next(
        line for line in playlist.media(90_000, [short], ended=True).splitlines() if "EXTINF" in line
    )
    found = 8 * short.size / Fraction(listed.removeprefix("#EXTINF:").rstrip(","))
    assert 0 <= BitRates.measured(track).peak - found < 1


def test_before_anything_is_measured_the_ceiling_is_the_peak() -> None:
    expected = BitRates.expected(1_000_000)
    assert expected.peak == 1_000_000 and 0 < expected.average < expected.peak


def test_the_sound_alone_is_a_variant_where_no_other_suits_a_slow_network() -> None:
    sounds = [
        AudioRendition("audio", "mp4a.40.2", 2, BitRates(130_000, 128_000), "en", "English"),
        AudioRendition("audio1", "mp4a.40.2", 2, BitRates(140_000, 120_000), "fr", "French", default=False),
    ]
    text = multivariant.playlist([variant("144p", 256, 144, 150_000)], sounds, Fraction(25), "r1")
    assert text.endswith(
        '#EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",'
        'CLOSED-CAPTIONS=NONE,AUDIO="audio"\n'
        "r1/audio/playlist.m3u8\n"
    )
    slower = multivariant.playlist([variant("144p", 256, 144, 50_000)], sounds, Fraction(25), "r1")
    assert len(stream_infs(slower)) == 1


def test_several_sounds_without_a_picture_are_one_group_with_one_variant() -> None:
    sounds = [
        AudioRendition("audio", "mp4a.40.2", 2, BitRates(130_000, 128_000), "en", "English"),
        AudioRendition("audio1", "mp4a.40.2", 2, BitRates(140_000, 120_000), "fr", "French", default=False),
    ]
    text = multivariant.playlist([], sounds, Fraction(0), "r1")
    assert text.count("#EXT-X-MEDIA:") == 2 and len(stream_infs(text)) == 1
    assert text.endswith(
        '#EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",'
        'CLOSED-CAPTIONS=NONE,AUDIO="audio"\n'
        "r1/audio/playlist.m3u8\n"
    )


def test_what_else_is_listed_comes_with_its_groups() -> None:
    text = multivariant.playlist(
        [variant("144p", 256, 144, 150_000)], [], Fraction(25), "r1", ["#EXT-X-OTHER"], ',SUBTITLES="a"'
    )
    assert text.splitlines()[-3].endswith('CLOSED-CAPTIONS=NONE,SUBTITLES="a"')
    assert text.splitlines()[-1] == "#EXT-X-OTHER"
