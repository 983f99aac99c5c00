"""The small scripts of the containers, run with a shell."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
DIRECTORIES = ("influx", "exchange", "grafana", "alertmanager", "chain")
HEX = set("0123456789abcdef")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Empty volumes."""
    for name in DIRECTORIES:
        (tmp_path / "secrets" / name).mkdir(parents=True)
    return tmp_path / "secrets"


def setup(
    secrets: Path, webhook: str | None, nodes: str = "\n", **environment: str
) -> tuple[int, str]:
    """The exit code and the words of the set-up."""
    given = secrets.parent / "given"
    given.mkdir(exist_ok=True)
    (given / "rpc_urls").write_text(nodes)
    if webhook is not None:
        (given / "discord_webhook_url").write_text(webhook)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "docker" / "setup.sh"), str(secrets), str(given)],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_secrets_are_made_once_and_never_changed(secrets: Path) -> None:
    """64 hex digits each, all different, the same after the next start, and never shown."""
    assert 0 == setup(secrets, None)[0]
    found = (path for path in secrets.rglob("*") if path.is_file())
    given = ("discord_webhook_url", "rpc_urls")
    made = {path: path.read_text() for path in found if path.name not in given}
    expected = ["exchange/private_key", "grafana/admin_password", "influx/admin_password"]
    expected += ["influx/token"]
    assert expected == sorted(str(path.relative_to(secrets)) for path in made)
    assert all(64 == len(text) and set(text) <= HEX for text in made.values())
    assert 4 == len(set(made.values()))
    _, said = setup(secrets, None)
    assert made == {path: path.read_text() for path in made}
    assert not [text for text in made.values() if text in said]


@pytest.mark.parametrize("webhook", [None, ""])
def test_a_missing_webhook_is_said_aloud(secrets: Path, webhook: str | None) -> None:
    """It is no error: alerts then stay where they are."""
    code, said = setup(secrets, webhook)
    assert 0 == code
    assert "NO DISCORD WEBHOOK" in said
    assert "" == (secrets / "alertmanager" / "discord_webhook_url").read_text()


def test_a_webhook_is_handed_on_unseen_and_taken_away_again(secrets: Path) -> None:
    """The address is a secret: it is not printed. Without it the old one does not stay."""
    code, said = setup(secrets, "https://discord.invalid/api/webhooks/1/hush")
    handed = secrets / "alertmanager" / "discord_webhook_url"
    assert (0, "https://discord.invalid/api/webhooks/1/hush") == (code, handed.read_text())
    assert "hush" not in said
    setup(secrets, "")
    assert "" == handed.read_text()


def test_a_webhook_that_is_none_stops_the_start(secrets: Path) -> None:
    """It would fail at the first alert, where nobody looks; and it is not shown."""
    code, said = setup(secrets, "discord.invalid/hush")
    assert 1 == code
    assert "does not begin with https://" in said
    assert "hush" not in said


def test_nodes_are_handed_on_unseen_and_taken_away_again(secrets: Path) -> None:
    """As the webhook is."""
    handed = secrets / "chain" / "rpc_urls"
    code, said = setup(secrets, None, "https://a.invalid/hush https://b.invalid/hush\n")
    assert (0, "https://a.invalid/hush https://b.invalid/hush") == (code, handed.read_text())
    assert "hush" not in said
    setup(secrets, None)
    assert "" == handed.read_text()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://grafana.invalid", "Grafana is at https://grafana.invalid,"),
        ("https://grafana.invalid/", "ends with a slash"),
        ("grafana.invalid", "does not begin with http:// or https://"),
    ],
)
def test_the_address_of_grafana_is_told_or_refused(secrets: Path, url: str, expected: str) -> None:
    """Links are made by putting a path behind it."""
    code, said = setup(secrets, None, PMM_GRAFANA_URL=url)
    assert expected in said
    assert (0 if "is at" in expected else 1) == code


@pytest.mark.parametrize(("nodes", "expected"), [("", "none bot run"), ("a b", "a b bot run")])
def test_a_process_gets_the_nodes_that_are_set(tmp_path: Path, nodes: str, expected: str) -> None:
    """With none it asks its own; an empty variable would mean that there is no chain at all."""
    (tmp_path / "nodes").write_text(nodes)
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\nshift\necho "${PMM_RPC_URLS-none} $*"\n')
    fake.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "docker" / "nodes.sh"), "bot", "run"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "NODES_FILE": str(tmp_path / "nodes")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert expected == done.stdout.strip()


def test_the_market_is_told_or_that_there_is_none(secrets: Path) -> None:
    """Two bots that choose by themselves cannot be compared."""
    assert "market will-it-rain" in setup(secrets, None, PMM_MARKET="will-it-rain")[1]
    assert "PMM_MARKET is not set" in setup(secrets, None)[1]


@pytest.mark.parametrize(
    ("journals", "source"),
    [((), None), (("rehearsal",), "rehearsal"), (("rehearsal", "prod"), "prod")],
)
def test_production_is_learnt_from_before_the_rehearsal(
    tmp_path: Path, journals: tuple[str, ...], source: str | None
) -> None:
    """And from nothing when there is neither. The stand-in for python ends the loop."""
    for env in journals:
        (tmp_path / env / "journal").mkdir(parents=True)
        (tmp_path / env / "journal" / "segment").write_text("")
    for name, body in (("python", 'echo "$*"'), ("sleep", "kill $PPID"), ("date", "echo 0")):
        fake = tmp_path / name
        fake.write_text(f"#!/bin/sh\n{body}\n")
        fake.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "docker" / "extract.sh"), str(tmp_path), str(tmp_path / "out")],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert 0 == done.returncode
    if source is None:
        assert "nothing to learn from" in done.stdout
    else:
        assert f"--source journal:{tmp_path}/{source}/journal" in done.stdout


@pytest.mark.parametrize(
    ("script", "live", "expected"),
    [
        ("divergence", "", "--prod http://rehearsal:9101/metrics"),
        ("divergence", "yes", "--prod http://prod:9101/metrics"),
        ("monitor", "", "--demo http://demo:9101/metrics --grafana http://127.0.0.1:3000 --state"),
        ("monitor", "yes", "--demo http://demo:9101/metrics --prod http://prod:9101/metrics"),
        ("monitor", "yes", "--prod http://prod:9101/metrics --wallet http://wallet:9112/metrics"),
    ],
)
def test_production_is_watched_once_it_is_asked_for(
    tmp_path: Path, script: str, live: str, expected: str
) -> None:
    """A watchdog over a bot that was never started would cry without end."""
    fake = tmp_path / "python"
    fake.write_text('#!/bin/sh\necho "$*"\n')
    fake.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "docker" / f"{script}.sh")],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PMM_LIVE": live},
        capture_output=True,
        text=True,
        check=True,
    )
    assert expected in done.stdout
