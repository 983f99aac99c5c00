"""All dashboards as the files that are committed, and whether the files still are what it says."""

from __future__ import annotations

import json
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.boards import calibration, demo_prod, execution, fills, health, money

FOLDER = Path(__file__).parent / "dashboards"
BOARDS = (demo_prod, execution, money, fills, calibration, health)
"""In the order of the design; the first is the front page."""


def files() -> dict[str, str]:
    """Return the text of every file in `FOLDER` by its name."""
    return {f"{board.UID}.json": as_text(board.build()) for board in BOARDS}


def as_text(dashboard: Dashboard) -> str:
    """Return a dashboard as JSON, with sorted keys so that it can be diffed."""
    text = JSONEncoder().encode(dashboard)
    return json.dumps(_in_the_open(json.loads(text)), indent=2, sort_keys=True) + "\n"


def write(folder: Path = FOLDER) -> None:
    """Write every file, and remove those of dashboards that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = files()
    for stale in set(folder.glob("*.json")) - {folder / name for name in wanted}:
        stale.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def differences(folder: Path = FOLDER) -> list[str]:
    """Return the names of the files that are missing, different, or of no dashboard."""
    wanted = files()
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))


def _in_the_open(made: dict[str, object]) -> dict[str, object]:
    """Drop the empty `placement` of links and marks: the SDK's own would hide them in a menu."""
    annotations = made["annotations"]
    links = made["links"]
    if isinstance(annotations, dict) and isinstance(links, list):
        for entry in (*annotations["list"], *links):
            del entry["placement"]
    return made
