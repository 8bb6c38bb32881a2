"""What players start from: the multivariant playlist of the run that is published."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..errors import NotFound
from ..keys import RunKeys, multivariant_key
from ..media.playlist import MEDIA_PLAYLIST
from ..storage import Storage

SEGMENT_TAG = b"#EXTINF"


@dataclass(frozen=True, slots=True)
class Publication:
    """One run's hold on the address that all runs of a video share."""

    storage: Storage
    video_id: str
    run: int

    async def put(self, playlist: bytes, ended: bool) -> None:
        """Has players start from this run; once it is `ended`, a copy is kept to come back to."""
        if ended:
            await self.storage.put_bytes(self._keys.multivariant, playlist)
        await self.storage.put_bytes(self._key, playlist)

    async def put_original(self, playlist: bytes, ended: bool) -> None:
        """The same for the upload itself, copied, which the run's ladder is going to replace."""
        if ended:
            await self.storage.put_bytes(self._keys.original, playlist)
        await self.storage.put_bytes(self._key, playlist)

    async def fall_back(self, published: Callable[[], Awaitable[bool]]) -> None:
        """Has players start from the copied upload for good, since there will be no ladder; not if they
        start from another run by now, nor if this is not the one that is `published`."""
        original = await self._read(self._keys.original)
        if not original:
            return
        await self.storage.put_bytes(self._keys.multivariant, original)
        if await self._is_current() and await published():
            await self.storage.put_bytes(self._key, original)

    async def listed(self, track: str) -> int:
        """How many segments the playlist of a rendition names."""
        return (await self._read(self._keys.file(track, MEDIA_PLAYLIST))).count(SEGMENT_TAG)

    async def withdraw(self, replaced: int) -> None:
        """Has players start from run `replaced` again, 0 for none; not if they start from another by now."""
        if not await self._is_current():
            return
        keys = RunKeys(self.video_id, replaced)
        # A copy that stayed has the latter alone, if its worker was killed before it could tidy up.
        before = await self._read(keys.multivariant) or await self._read(keys.original)
        if before:
            await self.storage.put_bytes(self._key, before)
        else:
            await self.storage.delete(self._key)

    async def discard(self, replaced: int) -> None:
        """Withdraws it, and removes all that the run has stored."""
        await self.withdraw(replaced)
        await self.remove()

    async def remove(self) -> None:
        """Removes all that the run has stored, whoever starts from it."""
        await self.storage.delete(self._keys.renditions)
        await self.storage.delete(self._keys.notes)

    async def remove_beside_copy(self) -> None:
        """Removes the renditions that nobody plays together with the copied upload.

        Which those are storage says: whoever comes after a crash knows of no plan.
        """
        original = await self._read(self._keys.original)
        for name in await self.storage.folders(self._keys.renditions):
            if original and self._keys.address(name, "").encode() not in original:
                await self.storage.delete(self._keys.rendition(name))
        await self.storage.delete(self._keys.chunks)
        await self.storage.delete(self._keys.sketches)

    async def _is_current(self) -> bool:
        """Whether it is this run that players start from."""
        return f"{self._keys.folder}/".encode() in await self._read(self._key)

    @property
    def _key(self) -> str:
        return multivariant_key(self.video_id)

    @property
    def _keys(self) -> RunKeys:
        return RunKeys(self.video_id, self.run)

    async def _read(self, key: str) -> bytes:
        try:
            return b"".join([piece async for piece in self.storage.read(key)])
        except NotFound:
            return b""
