"""Who may show a video inside their own pages: everyone, nobody, or the sites on a list.

Kept as a list of origins (RFC 6454): ["*"] is everyone, [] nobody. A setting or a form says it in one line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

EVERYONE, NOBODY = "*", "none"
MOST_ORIGINS = 20  # they all go into a header
LONGEST_HOST = 253
DEFAULT_PORTS = {"http": 80, "https": 443}

# Scheme, host and perhaps a port, as browsers send them: in ASCII, and nothing after it. No IPv6 address:
# a content security policy (CSP 3 §2.3.1) has no words for one.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"(https?)://({_LABEL}(?:\.{_LABEL})*)(?::([1-9]\d{{0,4}}))?", re.ASCII)


def origin(text: str) -> str:
    """An origin as browsers write it: in lower case, without the port that goes without saying.

    Raises:
        ValueError: this is something else.
    """
    found = _ORIGIN.fullmatch(text.lower()) if text.isascii() else None
    if found is None or len(found[2]) > LONGEST_HOST or int(found[3] or 1) > 65535:
        raise ValueError(f"{text[:100]!r} is no origin; https://example.org or http://localhost:3000 is one")
    scheme, host, port = found.groups()
    if port is None or int(port) == DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


@dataclass(frozen=True, slots=True)
class EmbedPolicy:
    origins: tuple[str, ...] = (EVERYONE,)

    @classmethod
    def of(cls, origins: Iterable[str]) -> "EmbedPolicy":
        """
        Raises:
            ValueError: one of them is no origin, or there are too many.
        """
        wanted = list(origins)
        if wanted == [EVERYONE]:
            return cls()
        found = dict.fromkeys(origin(text) for text in wanted)
        if len(found) > MOST_ORIGINS:
            raise ValueError(f"there may be up to {MOST_ORIGINS} origins")
        return cls(tuple(found))

    @classmethod
    def parse(cls, text: str) -> "EmbedPolicy":
        """From one line: `*`, `none`, or origins with spaces or commas between them.

        Raises:
            ValueError: it is something else.
        """
        words = text.replace(",", " ").split()
        if not words:
            raise ValueError(f"say {EVERYONE} for everyone, {NOBODY} for nobody, or list origins")
        return cls.of([] if words == [NOBODY] else words)

    def __str__(self) -> str:
        """As `parse` takes it."""
        return " ".join(self.origins) or NOBODY

    @property
    def everyone(self) -> bool:
        return self.origins == (EVERYONE,)

    def allows(self, site: str) -> bool:
        """Whether pages of this origin may show the video; as it stands in an Origin header."""
        return self.everyone or site in self.origins

    @property
    def frame_ancestors(self) -> str:
        """For the directive of that name (CSP 3 §6.4.2)."""
        return " ".join(self.origins) or "'none'"
