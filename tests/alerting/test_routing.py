"""Routes, silences and receivers, as far as they can be judged without Alertmanager."""

from typing import Any

from alerting.routing import alertmanager
from alerting.rules import ALERTS

CONFIG: dict[str, Any] = alertmanager()


def test_every_name_in_an_inhibition_is_an_alert() -> None:
    """A misspelt name would silence nothing, silently."""
    matchers = [
        matcher
        for rule in CONFIG["inhibit_rules"]
        for matcher in (*rule["source_matchers"], *rule["target_matchers"])
    ]
    names = {name for text in matchers for name in text.split('"')[1].split("|")}
    assert names <= set(ALERTS)


def test_a_dead_bot_silences_the_divergence() -> None:
    """Whichever it is."""
    first = CONFIG["inhibit_rules"][0]
    assert "PmmBotDown" in first["source_matchers"][0]
    assert "PmmDiverged" in first["target_matchers"][0]
    assert "equal" not in first


def test_the_webhook_is_read_from_a_file() -> None:
    """No address of Discord stands in the configuration."""
    assert "discord.com" not in str(CONFIG)
    receivers = {receiver["name"]: receiver for receiver in CONFIG["receivers"]}
    assert {"discord-critical", "discord-warning", "watchdog"} == set(receivers)


def test_the_beat_repeats_faster_than_its_group() -> None:
    """Else only every second beat is sent (measured)."""
    watchdog = CONFIG["route"]["routes"][0]
    assert ("1m", "50s") == (watchdog["group_interval"], watchdog["repeat_interval"])
