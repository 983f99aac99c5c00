"""Every alert has its heading in the runbook, and every heading its alert."""

import re
from pathlib import Path

from alerting.rule import RUNBOOK
from alerting.rules import ALERTS

TEXT = (Path(__file__).parents[2] / RUNBOOK).read_text()


def test_headings_are_the_alerts() -> None:
    """None missing, none left over."""
    assert sorted(ALERTS) == sorted(re.findall(r"^## (Pmm\w+)$", TEXT, flags=re.MULTILINE))


def test_every_entry_says_what_to_do() -> None:
    """What it means, and the first steps."""
    entries = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    assert [] == [entry.split("\n")[0] for entry in entries if "\n1. " not in entry]
