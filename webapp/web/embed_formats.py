"""What streams carry to embedded views: fragments without anything that only the video's owner may do."""

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment

from ..db import Database
from ..history import KeptEvent
from ..streams.formats import Format, FragmentFormat, Frame, RenderLive
from .live import deleted_renderer, live_view

# Addresses this server is known by. A name too many costs one more rendering per event, nothing else.
MOST_BASES = 16


class BareFormat(FragmentFormat):
    """The same fragment without the wrapping of server-sent events, for a page that is itself the stream."""

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return Frame(newest.seq, (await self._render(key)).encode(errors="replace"))


class EmbedFormats:
    """
    Attributes:
        frame: for our own page in somebody's iframe.
        plain: for the page that goes without scripts.
        elsewhere: for pages of other sites; their addresses are absolute, from the base it is called with. A
            fragment is rendered once for all who watch, so it cannot ask how each of them got here.
    """

    def __init__(self, templates: Environment, db: Database) -> None:
        self._templates, self._db = templates, db
        self.frame: Format = FragmentFormat(
            self._rendering("embed/_frame.html"), deleted_renderer(templates, "embed/_frame_deleted.html")
        )
        self.plain: Format = BareFormat(self._rendering("embed/_state.html"))
        self.elsewhere: Callable[[str], Format] = lru_cache(MOST_BASES)(
            lambda base: FragmentFormat(
                self._rendering("embed/_live.html", base), deleted_renderer(templates, "embed/_deleted.html")
            )
        )

    def _rendering(self, template: str, base: str = "") -> RenderLive:
        async def render(video_id: str) -> str:
            view = await live_view(self._db, video_id)
            return await self._templates.get_template(template).render_async(live=view, base=base)

        return render
