"""The world of the shipper."""

from pathlib import Path

import pytest

from tests.exporters.shipper.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A shipper with an empty journal."""
    return World(tmp_path)
