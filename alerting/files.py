"""The committed files that are made from the rules, and whether they are current."""

from __future__ import annotations

from pathlib import Path

from alerting import runbook
from alerting.routing import alertmanager
from alerting.rules import GROUPS
from alerting.scrape import prometheus
from alerting.yaml import dump

FOLDER = Path(__file__).parent / "generated"
PAGE = Path("runbook.html")
HEAD = "# Made by `python -m alerting` from alerting/: do not edit.\n"


def render() -> dict[Path, str]:
    """Return the text of every file by its path below the folder."""
    files = {
        Path("rules", f"{group.name.removeprefix('pmm_')}.yml"): dump({"groups": [group.as_yaml()]})
        for group in GROUPS
    }
    files[Path("alertmanager.yml")] = dump(alertmanager())
    files[Path("prometheus.yml")] = dump(prometheus())
    page = runbook.render(runbook.SOURCE.read_text(encoding="utf-8"))
    return {path: HEAD + text for path, text in files.items()} | {PAGE: page}


def write(folder: Path) -> None:
    """Write every file and take away what is no longer made."""
    for path in differing(folder):
        (folder / path).unlink(missing_ok=True)
    for path, text in render().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def differing(folder: Path) -> list[Path]:
    """Return the files that are missing, too many or not what the rules say, below the folder."""
    wanted = render()
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return sorted(
        path
        for path in found | set(wanted)
        if path not in wanted
        or path not in found
        or (folder / path).read_text(encoding="utf-8") != wanted[path]
    )
