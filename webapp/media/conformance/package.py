"""A finished package as a checker sees it: its playlists as they were written, and what lies behind them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from ..facts import Facts
from ..playlist import MULTIVARIANT_PLAYLIST, peak_bps
from ..segment import Track

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=(?:"([^"]*)"|([^,]*))')

Attributes = dict[str, str]


def attributes(line: str) -> Attributes:
    """An attribute list (RFC 8216 §4.2)."""
    return {name: quoted or plain for name, quoted, plain in ATTRIBUTE.findall(line.partition(":")[2])}


def addresses(text: str) -> list[str]:
    """All that a playlist names, on lines of their own and in attributes."""
    lines = [line for line in text.splitlines() if line]
    named = [attributes(line).get("URI") for line in lines if line.startswith("#EXT")]
    return [*(uri for uri in named if uri), *(line for line in lines if not line.startswith("#"))]


@dataclass(frozen=True)
class Listing:
    """A media playlist; `durations` in seconds, to the microsecond that is written."""

    tags: dict[str, str]
    names: list[str]
    durations: list[Fraction]

    @classmethod
    def of(cls, text: str) -> "Listing":
        lines = text.splitlines()
        pairs = [line.partition(":") for line in lines if line.startswith("#EXT")]
        return cls(
            tags={tag: value for tag, _, value in pairs},
            names=[line for line in lines if line and not line.startswith("#")],
            durations=[Fraction(value.rstrip(",")) for tag, _, value in pairs if tag == "#EXTINF"],
        )

    @property
    def target_s(self) -> int:
        return int(self.tags["#EXT-X-TARGETDURATION"])

    @property
    def complete(self) -> bool:
        return self.tags.get("#EXT-X-PLAYLIST-TYPE") == "VOD" and "#EXT-X-ENDLIST" in self.tags


@dataclass(frozen=True)
class Variant:
    """An entry of the multivariant playlist."""

    uri: str
    attributes: Attributes

    @property
    def shown(self) -> bool:
        """Whether it has a picture."""
        return "RESOLUTION" in self.attributes

    @property
    def peak_bps(self) -> int:
        return int(self.attributes["BANDWIDTH"])

    @property
    def average_bps(self) -> int:
        return int(self.attributes["AVERAGE-BANDWIDTH"])


@dataclass(frozen=True)
class Finished:
    """
    Attributes:
        facts: about the source.
        tracks: what was encoded, by the name of the folder it lies in.
        texts: the playlists by their addresses, relative to the multivariant one.
    """

    facts: Facts
    tracks: Mapping[str, Track]
    texts: Mapping[str, str]

    @cached_property
    def lines(self) -> list[str]:
        return self.texts[MULTIVARIANT_PLAYLIST].splitlines()

    @cached_property
    def variants(self) -> list[Variant]:
        return [
            Variant(uri, attributes(line))
            for line, uri in pairwise(self.lines)
            if line.startswith("#EXT-X-STREAM-INF:")
        ]

    @property
    def shown(self) -> list[Variant]:
        """The variants that have a picture."""
        return [variant for variant in self.variants if variant.shown]

    @cached_property
    def sounds(self) -> list[Attributes]:
        return self._found("#EXT-X-MEDIA:", "AUDIO")

    @cached_property
    def subtitles(self) -> list[Attributes]:
        return self._found("#EXT-X-MEDIA:", "SUBTITLES")

    @cached_property
    def iframes(self) -> list[Attributes]:
        return [attributes(line) for line in self.lines if line.startswith("#EXT-X-I-FRAME-STREAM-INF:")]

    def listing(self, uri: str) -> Listing:
        return Listing.of(self.texts[uri])

    def track(self, uri: str) -> Track:
        """What lies behind a media playlist."""
        return self.tracks[uri.split("/")[-2]]

    @cached_property
    def pictures(self) -> list[tuple[Listing, Track]]:
        return [(self.listing(variant.uri), self.track(variant.uri)) for variant in self.shown]

    @property
    def played_everywhere(self) -> list[Variant]:
        """The variants that are H.264."""
        return [variant for variant in self.shown if variant.attributes["CODECS"].startswith("avc1")]

    @cached_property
    def heard(self) -> list[tuple[Listing, Track]]:
        return [(self.listing(sound["URI"]), self.track(sound["URI"])) for sound in self.sounds]

    @cached_property
    def rates(self) -> dict[str, tuple[Fraction, Fraction]]:
        """Peak and average bits per second (RFC 8216 §4.1) behind each media playlist, by its address."""
        uris = [*(variant.uri for variant in self.shown), *(sound["URI"] for sound in self.sounds)]
        return {uri: _measured(self.listing(uri), self.track(uri)) for uri in uris}

    def _found(self, start: str, kind: str) -> list[Attributes]:
        found = [attributes(line) for line in self.lines if line.startswith(start)]
        return [each for each in found if each.get("TYPE") == kind]


def _measured(listing: Listing, track: Track) -> tuple[Fraction, Fraction]:
    bits = [segment.size * 8 for segment in track.segments]
    average = sum(bits) / sum(listing.durations, Fraction(0))
    return peak_bps(bits, listing.durations, listing.target_s) or average, average
