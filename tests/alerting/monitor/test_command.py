"""The watchdog for cron: exit codes, what it posts, and that the secret stays one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from alerting.monitor.command import INTERVAL_S, START_S, WEBHOOK, run
from alerting.monitor.memory import REPEAT_S
from exporters.catalogue import feed, health
from exporters.families import Families
from exporters.health import Health
from exporters.http import MetricsServer
from tests.alerting.monitor.webhook import Webhook, listening

WELL = Health(
    is_alive=True, last_event_age_s=0.0, is_kill_switch_tripped=False, is_journal_healthy=True
)
NOW_S = 1_000_000.0


@pytest.fixture
def bot() -> Iterator[str]:
    """The address of a bot that is well."""
    registry = CollectorRegistry()
    families = Families(registry, [])
    for metric in (health.LAST_EVENT, health.RUN_START, feed.LAST_REPORT):
        families.gauges(metric).set(to=NOW_S)
    server = MetricsServer(registry, lambda: WELL)
    server.start()
    yield f"http://127.0.0.1:{server.port}/metrics"
    server.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """Discord."""
    with listening() as found:
        yield found


def once(tmp_path: Path, demo: str, webhook: Webhook, now_s: float = NOW_S) -> int:
    """One round."""
    state = str(tmp_path / "monitor.json")
    arguments = ["--once", "--demo", demo, "--state", state]
    return run(arguments, {WEBHOOK: webhook.url}, lambda: now_s)


def test_a_well_bot_is_exit_code_0_and_silence(tmp_path: Path, bot: str, webhook: Webhook) -> None:
    """Cron sends no mail."""
    assert 0 == once(tmp_path, bot, webhook)
    assert [] == webhook.posts


def test_a_dead_bot_is_told_once_and_its_return_too(
    tmp_path: Path, bot: str, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 while it lasts; the address of the webhook is nowhere."""
    nobody = "http://127.0.0.1:9/metrics"
    assert 1 == once(tmp_path, nobody, webhook)
    assert 1 == once(tmp_path, nobody, webhook)
    assert 0 == once(tmp_path, bot, webhook)
    titles = [post["embeds"][0]["title"] for post in webhook.posts]
    assert ["🔴 demo does not answer.", "🟢 over: demo does not answer."] == titles
    written = capsys.readouterr().err + (tmp_path / "monitor.json").read_text()
    assert "secret" not in written


def test_what_was_not_told_is_told_in_the_next_round(tmp_path: Path) -> None:
    """Discord refused the first."""
    with listening(400) as webhook:
        nobody = "http://127.0.0.1:9/metrics"
        assert 1 == once(tmp_path, nobody, webhook)
        assert 1 == once(tmp_path, nobody, webhook)
        assert 1 == once(tmp_path, nobody, webhook)
    assert 2 == len(webhook.posts)


def test_the_webhook_comes_from_a_file_too(tmp_path: Path, webhook: Webhook) -> None:
    """As a secret of a container does."""
    file = tmp_path / "webhook"
    file.write_text(f"{webhook.url}\n")
    arguments = ["--once", "--demo", "http://127.0.0.1:9", "--state", str(tmp_path / "m.json")]
    assert 1 == run(arguments, {f"{WEBHOOK}_FILE": str(file)}, lambda: NOW_S)
    assert 1 == len(webhook.posts)


def test_a_webhook_that_is_set_or_spoilt_while_it_runs_counts(
    tmp_path: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stack writes the file anew at each start and leaves the watchdog running."""
    file = tmp_path / "webhook"
    file.write_text("")
    texts = iter(["", "secret", webhook.url])

    def wait(_: float) -> bool:
        text = next(texts, None)
        if text is not None:
            file.write_text(text)
        return text is None

    nobody, state = "http://127.0.0.1:9/metrics", str(tmp_path / "m.json")
    times = iter([NOW_S, NOW_S + REPEAT_S, NOW_S + 2 * REPEAT_S])
    environment = {f"{WEBHOOK}_FILE": str(file)}
    run(["--demo", nobody, "--state", state], environment, lambda: next(times), wait)
    assert 1 == len(webhook.posts)
    written = capsys.readouterr().err
    assert "not told: " in written
    assert "secret" not in written


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--once", "--beat-port", "0"], {}),
        (["--once"], {WEBHOOK: "secret"}),
        (["--once"], {f"{WEBHOOK}_FILE": "/nowhere/webhook"}),
    ],
)
def test_what_cannot_be_told_is_exit_code_2(
    arguments: list[str], environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, without the secret."""
    assert 2 == run(arguments, environment, lambda: NOW_S)
    text = capsys.readouterr().err
    assert 1 == text.count("\n")
    assert "secret" not in text


@pytest.mark.parametrize(
    "arguments",
    [["--demo", "nowhere"], ["--prod", "9102"], ["--wallet", "x"], ["--beat-port", "99999"]],
)
def test_wrong_use_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped address is no bot that is down; one line."""
    with pytest.raises(SystemExit) as ended:
        run(["--once", *arguments], {}, lambda: NOW_S)
    assert 2 == ended.value.code
    assert 1 == capsys.readouterr().err.count("\n")


def test_a_wallet_exporter_that_does_not_answer_is_told(
    tmp_path: Path, bot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silence about a mismatch would look like agreement."""
    wallet = ["--wallet", "http://127.0.0.1:9/metrics", "--state", str(tmp_path / "m.json")]
    assert 1 == run(["--once", "--demo", bot, *wallet], {}, lambda: NOW_S)
    assert "Nobody compares chain and ledger" in capsys.readouterr().err


def test_a_damaged_memory_silences_nobody(
    tmp_path: Path, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong is told anew, once, and the file is whole again."""
    nobody = "http://127.0.0.1:9/metrics"
    (tmp_path / "monitor.json").write_text("{")
    assert [1, 1] == [once(tmp_path, nobody, webhook) for _ in range(2)]
    assert 1 == len(webhook.posts)
    assert "monitor.json is damaged" in capsys.readouterr().err


def test_a_memory_that_cannot_be_read_is_named_and_silences_nothing(
    tmp_path: Path, bot: str, webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory in its place: what is wrong is told all the same."""
    (tmp_path / "monitor.json").mkdir()
    assert 1 == once(tmp_path, bot, webhook)
    assert "give a file by --state" in capsys.readouterr().err
    assert [] == webhook.posts
    assert 1 == once(tmp_path, "http://127.0.0.1:9/metrics", webhook)
    assert 1 == len(webhook.posts)


def test_it_stays_and_misses_the_beat(
    tmp_path: Path, bot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --once it goes on; ten minutes without a beat are told, on stderr without Discord."""
    times = iter([NOW_S, NOW_S, NOW_S + 60.0])
    rounds = iter([False, False, True])
    arguments = ["--demo", bot, "--state", str(tmp_path / "m.json"), "--beat-port", "0"]
    assert 0 == run(arguments, {}, lambda: next(times), lambda _: next(rounds))
    assert "" == capsys.readouterr().err


def test_bots_that_start_with_it_have_time_to(tmp_path: Path, webhook: Webhook) -> None:
    """It waits before it looks for the first time, and less than between two rounds."""
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        assert (len(waits) > 1) == bool(webhook.posts)
        return len(waits) == 2

    arguments = ["--demo", "http://127.0.0.1:9", "--state", str(tmp_path / "m.json")]
    assert 1 == run(arguments, {WEBHOOK: webhook.url}, lambda: NOW_S, wait)
    assert [START_S, INTERVAL_S] == waits
    assert START_S < INTERVAL_S


def test_a_taken_port_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1."""
    arguments = ["--host", "192.0.2.1", "--beat-port", "1", "--state", str(tmp_path / "m.json")]
    assert 1 == run(arguments, {}, lambda: NOW_S)
    assert "port 1" in capsys.readouterr().err
