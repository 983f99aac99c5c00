"""Every alert leads to its place in the runbook, in a page that is served where it says."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from alerting.files import FOLDER, PAGE
from alerting.rule import GRAFANA
from alerting.rules import ALERTS
from alerting.runbook import SOURCE, render
from grafana.frame import RUNBOOK_URL

ROOT = Path(__file__).parents[2]
TEXT = SOURCE.read_text()
HTML = (FOLDER / PAGE).read_text()
SERVED_AT = "/usr/share/grafana"


def test_headings_are_the_alerts() -> None:
    """None missing, none left over."""
    assert sorted(ALERTS) == sorted(re.findall(r"^## (Pmm\w+)$", TEXT, flags=re.MULTILINE))


def test_every_entry_says_what_to_do() -> None:
    """What it means, and the first steps."""
    entries = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    assert [] == [entry.split("\n")[0] for entry in entries if "\n1. " not in entry]


def test_every_link_of_an_alert_leads_to_a_place_that_exists() -> None:
    """The page is mounted where the link points, and has that anchor."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    mounts = dict(
        reversed(volume.removesuffix(":ro").split(":"))
        for volume in compose["services"]["grafana"]["volumes"]
        if volume.startswith("./")
    )
    assert "127.0.0.1:3000:3000" in compose["services"]["grafana"]["ports"]
    for alert in ALERTS.values():
        assert alert.runbook.startswith(GRAFANA)
        link = urlsplit(alert.runbook.removeprefix(GRAFANA))
        assert (FOLDER / PAGE).relative_to(ROOT) == Path(mounts[f"{SERVED_AT}{link.path}"])
        assert f'<h2 id="{link.fragment}">' in HTML
        assert RUNBOOK_URL == link.path


def test_every_dashboard_of_an_alert_exists() -> None:
    """By its uid, which is the name of its file."""
    uids = {path.stem for path in (ROOT / "grafana" / "dashboards").glob("*.json")}
    assert {alert.dashboard for alert in ALERTS.values()} <= uids


def test_what_the_runbook_uses_is_shown() -> None:
    """Headings, steps, code, emphasis, addresses; neighbours by name; nothing else as markup."""
    page = render(
        "# Runbook\n\nAbout <http://127.0.0.1:9093> & `a < b`.\nMore of *it*.\n\n"
        "## PmmX\n\n1. Do [this](there.md).\n2. Then `that`.\n"
    )
    for part in (
        "<h1>Runbook</h1>",
        '<a href="http://127.0.0.1:9093">http://127.0.0.1:9093</a> &amp; <code>a &lt; b</code>',
        "More of <em>it</em>.</p>",
        '<h2 id="PmmX">PmmX</h2>',
        "<li>Do this.</li>\n<li>Then <code>that</code>.</li>",
    ):
        assert part in page


@pytest.mark.parametrize("block", ["- a list", "### Deeper", "| a | table |", "> said", "```\nx"])
def test_what_the_page_cannot_show_is_refused(block: str) -> None:
    """Rather than shown wrong."""
    with pytest.raises(ValueError, match="cannot show"):
        render(block)
