"""pytest fixtures for authors of IMI clients. In conftest.py:

    pytest_plugins = ["itg.pytest_plugin"]

    @pytest.fixture(scope="session")
    def itg_fleet():                                  # what is served; without it, an empty fleet
        return "fleet.json"                           # or a dict, or a function that fills an itg.Fleet

    def test_my_client(itg_server):
        MyClient(itg_server.url, itg_server.user, itg_server.password, cafile=itg_server.ca_file)
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Callable, Iterator

import pytest

from .testing import Filling, Server

__all__ = ["itg_fleet", "itg_server", "itg_start"]


@pytest.fixture(scope="session")
def itg_fleet() -> Filling:
    """What itg_server serves; to be overridden, see itg.testing.Filling."""
    return None


@pytest.fixture
def itg_start() -> Iterator[Callable[..., Server]]:
    """Starts servers, with the parameters of itg.testing.Server; they end with the test."""
    with ExitStack() as stack:
        yield lambda *arguments, **more: stack.enter_context(Server(*arguments, **more))


@pytest.fixture
def itg_server(itg_fleet: Any) -> Iterator[Server]:
    """A server of its own for each test, with the fleet of itg_fleet."""
    with Server(itg_fleet) as server:
        yield server
