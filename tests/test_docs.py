"""Documentation that can be checked is checked, so that it cannot rot."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.domain.calibration import Calibration
from bot.settings import load_settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
# A command as the README writes it: package, and the word after it when it is a subcommand.
COMMAND = re.compile(r"python -m (bot|extractor|exporters|grafana|alerting)(?: ([a-z][a-z-]+))?")
# A relative link or picture in markdown: [text](target) without scheme or anchor-only target.
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")

TOML = re.compile(r"^```toml\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)

# How docstrings and comments name a section of docs/facts: "polymarket.md 2.7".
FACT = re.compile(r"\b([a-z]+)\.md,? (?:section )?([0-9]+(?:\.[0-9]+)?)")


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


def bot_commands() -> set[str]:
    """The subcommands that `python -m bot --help` offers."""
    command = [sys.executable, "-m", "bot", "--help"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^ {4}([a-z][a-z-]+)", told, flags=re.MULTILINE)) - {"help"}


def test_readme_names_every_command_of_the_bot() -> None:
    """Whoever reads the README learns of every command there is."""
    named = {word for package, word in COMMAND.findall(text_of_readme()) if package == "bot"}
    assert set() == bot_commands() - named


def test_readme_names_no_command_that_is_not_there() -> None:
    """The README tells no more than what works."""
    named = COMMAND.findall(text_of_readme())
    packages = {package for package, _ in named}
    assert set() == {word for package, word in named if package == "bot" and word} - bot_commands()
    assert [] == [name for name in packages if not (ROOT / name / "__main__.py").is_file()]


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path: Path) -> None:
    """Every relative link and picture in a document points at a file of the checkout."""
    targets = LINK.findall(path.read_text())
    assert [] == [target for target in targets if not (path.parent / target).exists()]


def test_every_fact_that_the_code_names_is_there() -> None:
    """`polymarket.md 2.7` in a docstring is a section of docs/facts."""
    packages = ("alerting", "benchmarks", "bot", "exporters", "extractor", "grafana", "tests")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    named = {
        fact for path in [*files, ROOT / "DECISIONS.md"] for fact in FACT.findall(path.read_text())
    }
    sections = {
        (path.stem, number)
        for path in (ROOT / "docs" / "facts").glob("*.md")
        for number in re.findall(r"^#* ?([0-9]+(?:\.[0-9]+)?)\.? ", path.read_text(), re.MULTILINE)
    }
    assert set() == named - sections


def test_every_key_of_a_calibration_is_explained() -> None:
    """Whoever opens one finds each key in the document."""
    text = (ROOT / "docs" / "calibration.md").read_text()
    assert [] == [key for key in Calibration.__struct_fields__ if f"`{key}`" not in text]


@pytest.mark.parametrize("path", markdown_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_settings_files_in_documents_are_taken(path: Path, tmp_path: Path) -> None:
    """Whoever copies one gets no unknown key."""
    for number, text in enumerate(TOML.findall(path.read_text())):
        file = tmp_path / f"{number}.toml"
        file.write_text(text)
        assert load_settings(file, {}) != load_settings(environ={})


def test_changelog_is_kept() -> None:
    """The changelog has an Unreleased section, and the version of the project is not behind it."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", changelog, flags=re.MULTILINE)
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert "## [Unreleased]" in changelog
    assert version is not None
    assert not released or version[1] == released[0]
