"""Alertmanager: who hears what, how often, and what silences what."""

from __future__ import annotations

from alerting.rule import Severity
from alerting.rules import divergence, liveness, money, trading
from alerting.yaml import Value

TEMPLATES = "/etc/alertmanager/templates/*.tmpl"
WEBHOOK_FILE = "/run/secrets/discord_webhook_url"
"""Read at each notification, so the address never stands in this file and may change."""
BEAT_URL = "http://monitor:9113/beat"
"""`python -m alerting monitor --beat-port 9113`, which complains when the beat stops."""

_DEAD = f"{liveness.DOWN.name}|{liveness.SILENT.name}"
_OF_A_LIVE_BOT = "|".join(
    alert.name
    for alert in (
        liveness.FEED_STALE,
        liveness.BOOK_NOT_VALID,
        trading.REJECTIONS,
        trading.LATENCY,
        trading.BEYOND,
        money.DRAWDOWN,
    )
)


def alertmanager() -> dict[str, Value]:
    """Return the configuration of Alertmanager."""
    return {
        "templates": [TEMPLATES],
        "route": _routes(),
        "inhibit_rules": _inhibitions(),
        "receivers": [
            # Only `content` reaches a phone that has muted the channel.
            {"name": "discord-critical", "discord_configs": [_discord("@here")]},
            {"name": "discord-warning", "discord_configs": [_discord("")]},
            {
                "name": "watchdog",
                "webhook_configs": [{"url": BEAT_URL, "send_resolved": False}],
            },
        ],
    }


def _routes() -> dict[str, Value]:
    return {
        "receiver": "discord-warning",
        "group_by": ["alertname", "env", "metric"],
        "group_wait": "15s",
        # A 429 of Discord is tried again only after this long.
        "group_interval": "2m",
        "repeat_interval": "4h",
        "routes": [
            {
                "receiver": "watchdog",
                "matchers": [f'severity="{Severity.NONE}"'],
                "group_wait": "0s",
                "group_interval": "1m",
                # Below the interval, or a beat is sent at every second one only.
                "repeat_interval": "50s",
            },
            {
                "receiver": "discord-critical",
                "matchers": [f'severity="{Severity.CRITICAL}"'],
                "repeat_interval": "1h",
            },
        ],
    }


def _inhibitions() -> list[Value]:
    silenced = f"{divergence.DIVERGED.name}|{divergence.BLIND.name}"
    return [
        # A dead or stopped bot parts from the other by itself.
        {
            "source_matchers": [f'alertname=~"{_DEAD}|{money.KILL_SWITCH.name}"'],
            "target_matchers": [f'alertname=~"{silenced}"'],
        },
        {
            "source_matchers": [f'alertname=~"{_DEAD}"'],
            "target_matchers": [f'alertname=~"{_OF_A_LIVE_BOT}"'],
            "equal": ["env"],
        },
        {
            "source_matchers": [f'alertname="{liveness.DOWN.name}"'],
            "target_matchers": [f'alertname="{liveness.SILENT.name}"'],
            "equal": ["env"],
        },
        # Who cannot look does not say that all is well.
        {
            "source_matchers": [f'alertname="{money.UNCHECKED.name}"'],
            "target_matchers": [f'alertname=~"{money.MISMATCH.name}|{money.GAS.name}"'],
            "equal": ["env"],
        },
        # A detector that is gone does not say that the divergence is over.
        {
            "source_matchers": [f'alertname="{divergence.DETECTOR_DOWN.name}"'],
            "target_matchers": [f'alertname=~"{silenced}"'],
        },
    ]


def _discord(content: str) -> dict[str, Value]:
    # The mention only when something begins: nobody is woken up because all is well again.
    mention = f'{{{{ if eq .Status "firing" }}}}{content}{{{{ end }}}}' if content else ""
    return {
        "webhook_url_file": WEBHOOK_FILE,
        "send_resolved": True,
        "username": "PMM",
        "content": mention,
        "title": '{{ template "pmm.title" . }}',
        "message": '{{ template "pmm.message" . }}',
    }
