"""Alertmanager's own tool reads the committed routing: who hears what, in which words."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from alerting.files import FOLDER
from alerting.rule import Severity
from alerting.rules import ALERTS

CONFIG = FOLDER / "alertmanager.yml"
TEMPLATES = FOLDER.parent / "templates" / "*.tmpl"
RECEIVERS = {
    Severity.CRITICAL: "discord-critical",
    Severity.WARNING: "discord-warning",
    Severity.NONE: "watchdog",
}

Tool = Callable[[str], str]


def amtool(tool: Tool, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run amtool."""
    command = [tool("amtool"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def alert(status: str, summary: str) -> dict[str, object]:
    """One alert as a template gets it."""
    return {
        "status": status,
        "labels": {"severity": "critical"},
        "annotations": {
            "summary": summary,
            "description": f"{summary}, in full.",
            "runbook_url": "docs/runbook.md#x",
            "dashboard_url": "http://127.0.0.1:3000/d/x",
        },
        "startsAt": "2026-11-22T20:04:03Z",
        "endsAt": "2026-11-22T21:00:00Z",
    }


def render(tool: Tool, folder: Path, name: str, *alerts: dict[str, object]) -> str:
    """The text of a template for these alerts."""
    statuses = {str(one["status"]) for one in alerts}
    data = {
        "receiver": "discord",
        "status": "firing" if "firing" in statuses else "resolved",
        "alerts": alerts,
        "groupLabels": {},
        "commonLabels": {"severity": "critical"},
        "commonAnnotations": {},
        "externalURL": "",
    }
    (folder / "data.json").write_text(json.dumps(data))
    ran = amtool(
        tool,
        "template",
        "render",
        f"--template.glob={TEMPLATES}",
        f'--template.text={{{{ template "{name}" . }}}}',
        f"--template.data={folder / 'data.json'}",
    )
    assert 0 == ran.returncode, ran.stderr
    return ran.stdout.strip()


def test_the_configuration_is_valid(tool: Tool) -> None:
    """As amtool has it."""
    ran = amtool(tool, "check-config", str(CONFIG))
    assert 0 == ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_reaches_its_receiver(name: str, tool: Tool) -> None:
    """By its severity."""
    severity = ALERTS[name].severity
    ran = amtool(
        tool,
        "config",
        "routes",
        "test",
        f"--config.file={CONFIG}",
        f"--verify.receivers={RECEIVERS[severity]}",
        f"alertname={name}",
        f"severity={severity}",
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr


def test_a_title_says_what_and_how_many(tool: Tool, tmp_path: Path) -> None:
    """The first that fires; an end is green."""
    fires, other, over = alert("firing", "A"), alert("firing", "B"), alert("resolved", "C")
    assert "🔴 A" == render(tool, tmp_path, "pmm.title", fires)
    assert "🔴 A (1 of 2)" == render(tool, tmp_path, "pmm.title", fires, other)
    assert "🔴 A (1 of 2)" == render(tool, tmp_path, "pmm.title", over, fires)
    assert "🟢 over: C" == render(tool, tmp_path, "pmm.title", over)


def test_a_message_says_since_when_and_what_to_do(tool: Tool, tmp_path: Path) -> None:
    """With the links, for every alert of the group."""
    assert (
        "A, in full.\n"
        "Since 2026-11-22 20:04 UTC.\n"
        "What to do: docs/runbook.md#x\n"
        "Dashboard: http://127.0.0.1:3000/d/x"
    ) == render(tool, tmp_path, "pmm.message", alert("firing", "A"))
    text = render(tool, tmp_path, "pmm.message", alert("resolved", "C"))
    assert "Over since 2026-11-22 21:00 UTC, began 2026-11-22 20:04 UTC." in text
