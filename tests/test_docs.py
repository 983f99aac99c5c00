"""Documentation that can be checked is checked, so that it cannot rot."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
# The commands people use: a contract, so a new or renamed one changes this list and the README.
COMMANDS = (
    "docker compose up",
    "python -m alerting",
    "python -m alerting monitor",
    "python -m bot battery",
    "python -m bot cancel-all",
    "python -m bot check",
    "python -m bot markets",
    "python -m bot record",
    "python -m bot replay",
    "python -m bot reset-kill-switch",
    "python -m bot run",
    "python -m bot sandbox",
    "python -m bot wallet",
    "python -m exporters divergence",
    "python -m exporters wallet",
    "python -m extractor",
    "python -m grafana",
)
# A relative link or picture in markdown: [text](target) without scheme or anchor-only target.
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def make_targets() -> list[str]:
    """The targets of the Makefile that a person calls: those with a `##` explanation."""
    return re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


def markdown_files() -> list[Path]:
    """The documents of the checkout: those at its root, below docs/ and beside the code."""
    folders = ("docs", "alerting", "bot", "exporters", "extractor", "grafana")
    beside = [path for folder in folders for path in (ROOT / folder).rglob("*.md")]
    return sorted([*ROOT.glob("*.md"), *beside])


def text_of_readme() -> str:
    """The text of README.md; skips the test while there is none."""
    if not README.is_file():
        pytest.skip("README.md is not written yet")
    return README.read_text()


def test_makefile_explains_the_commands_people_use() -> None:
    """`make help` lists the commands that the design promises."""
    assert {"bench", "check", "clean", "demo", "setup", "test"} <= set(make_targets())


@pytest.mark.parametrize("target", make_targets())
def test_readme_names_every_make_target(target: str) -> None:
    """Whoever reads the README learns of every make target."""
    assert f"make {target}" in text_of_readme()


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_names_every_command(command: str) -> None:
    """Whoever reads the README learns of every command."""
    assert command in text_of_readme()


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path: Path) -> None:
    """Every relative link and picture in a document points at a file of the checkout."""
    targets = LINK.findall(path.read_text())
    assert [] == [target for target in targets if not (path.parent / target).exists()]


def test_changelog_is_kept() -> None:
    """The changelog has an Unreleased section, and the version of the project is not behind it."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog, flags=re.MULTILINE)
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert "## [Unreleased]" in changelog
    assert version is not None
    assert not released or version[1] == released[0]
