"""Rules about the playlists themselves, and how they are served."""

from ..playlist import LARGEST_COMPRESSED_BYTES
from .package import Finished, addresses
from .rule import Outcome, Rule, counted

NEEDED = ("CODECS", "RESOLUTION", "FRAME-RATE", "AVERAGE-BANDWIDTH", "VIDEO-RANGE")
OF_SOUND = ("CODECS", "AVERAGE-BANDWIDTH")
RANGES = ("SDR", "HLG", "PQ")


def iframes(package: Finished) -> Outcome:
    names = {variant.uri.rpartition("/")[0] for variant in package.shown}
    listed = {each["URI"].rpartition("/")[0] for each in package.iframes}
    only = all("#EXT-X-I-FRAMES-ONLY" in package.listing(each["URI"]).tags for each in package.iframes)
    return names == listed and only, f"{len(listed)} of {len(names)} variants"


def iframe_attributes(package: Finished) -> Outcome:
    passed = all(each.get("CODECS") and each.get("RESOLUTION") for each in package.iframes)
    return passed and bool(package.iframes), counted(len(package.iframes), "playlist")


def complete(package: Finished) -> Outcome:
    uris = [uri for uri in package.texts if "/" in uri]
    whole = sum(package.listing(uri).complete for uri in uris)
    return whole == len(uris), f"{whole} of {counted(len(uris), 'playlist')}"


def init_segments(package: Finished) -> Outcome:
    listings = [listing for listing, _ in [*package.pictures, *package.heard]]
    return all("#EXT-X-MAP" in listing.tags for listing in listings), counted(len(listings), "playlist")


def independent(package: Finished) -> Outcome:
    return "#EXT-X-INDEPENDENT-SEGMENTS" in package.lines, "EXT-X-INDEPENDENT-SEGMENTS"


def described(package: Finished) -> Outcome:
    missing = {
        name
        for variant in package.variants
        for name in (NEEDED if variant.shown else OF_SOUND)
        if name not in variant.attributes
    }
    return not missing, ", ".join(sorted(missing)) + " missing" if missing else counted(
        len(package.variants), "variant"
    )


def video_range(package: Finished) -> Outcome:
    found = {variant.attributes.get("VIDEO-RANGE", "none") for variant in package.shown}
    return found <= set(RANGES), "/".join(sorted(found))


def captions(package: Finished) -> Outcome:
    """RFC 8216 §4.3.4.2: where one variant has NONE, all have to."""
    found = [variant.attributes.get("CLOSED-CAPTIONS", "") for variant in package.variants]
    without = found.count("NONE")
    return without in (0, len(found)), f"none in {without} of {counted(len(found), 'variant')}"


def choice(package: Finished) -> Outcome:
    return len(package.variants) > 1, counted(len(package.variants), "variant")


def compressed(package: Finished) -> Outcome:
    largest = max(len(text.encode()) for text in package.texts.values())
    words = f"the largest has {largest / 1000:.1f} kB, and clients that accept it get it compressed"
    return largest <= LARGEST_COMPRESSED_BYTES, words


def not_redirected(package: Finished) -> Outcome:
    """What is relative leads to web/hls.py, which answers with the file."""
    found = [address for text in package.texts.values() for address in addresses(text)]
    elsewhere = [address for address in found if "//" in address or address.startswith("/")]
    words = f"{len(elsewhere)} of them elsewhere" if elsewhere else "all relative, to a server that has them"
    return bool(found) and not elsewhere, f"{len(found)} addresses, {words}"


RULES = [
    Rule("Every variant has an I-frame playlist.", iframes),
    Rule("I-frame playlists are listed with CODECS and RESOLUTION.", iframe_attributes),
    Rule("Playlists of what is complete are of type VOD, and end.", complete),
    Rule("Fragmented MP4 has an EXT-X-MAP.", init_segments),
    Rule("The multivariant playlist says that segments are independent.", independent),
    Rule("Variants are listed with CODECS, RESOLUTION, FRAME-RATE and AVERAGE-BANDWIDTH.", described),
    Rule("Variants say their VIDEO-RANGE.", video_range),
    Rule("Variants agree on whether there are closed captions.", captions),
    Rule("There is more than one variant.", choice),
    Rule("Playlists are compressed with gzip.", compressed, must=False),
    Rule("Media is served without redirects.", not_redirected, must=False),
]
