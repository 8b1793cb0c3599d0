"""What the tests of this room share."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from collector.exporter.uploader import client_session


@pytest.fixture(autouse=True)
def _no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep requests on the loopback, whatever proxy the machine is set up for."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with client_session(4) as made:
        yield made
