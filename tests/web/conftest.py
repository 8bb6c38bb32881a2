"""The app as a client sees it."""

from collections.abc import AsyncIterator

import pytest

from tests.support.site import Site
from webapp.app import Installation


@pytest.fixture
async def site(installation: Installation) -> AsyncIterator[Site]:
    async with Site.open(installation) as site:
        yield site
