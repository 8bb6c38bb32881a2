import pytest

from webapp.errors import NotFound
from webapp.keys import original_key
from webapp.pipeline.pieces.probe import probe
from webapp.pipeline.work import Work


async def test_an_upload_that_is_gone_is_said_to_be(work: Work) -> None:
    await work.storage.delete(original_key(work.video_id))
    with pytest.raises(NotFound):
        await probe(work)
