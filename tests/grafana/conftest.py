"""What the tests of dashboards share: the committed files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "grafana" / "dashboards"
Json = dict[str, Any]


def boards() -> list[Json]:
    """The committed dashboards."""
    return [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]


@pytest.fixture(scope="session", params=boards(), ids=lambda board: board["uid"])
def board(request: pytest.FixtureRequest) -> Json:
    """Each committed dashboard."""
    made: Json = request.param
    return made
