"""What pytest needs to know: where the fixtures are, and what is served."""

import pytest

from fleet import fill

pytest_plugins = ["itg.pytest_plugin"]


@pytest.fixture(scope="session")
def itg_fleet():
    return fill
