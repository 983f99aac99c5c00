"""What is wrong, from the readings of both bots: pure, no clock, no network.

Who cannot look gives no all-clear: a question that could not be asked has no answer at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from alerting.monitor.reading import Balance, Reading
from alerting.rules import divergence, liveness, money
from alerting.rules.recording import EVENTS_MIN
from exporters.catalogue.balance import MISMATCH_USD_MAX

FOLD_MAX = 2.0
BEAT_AGE_S_MAX = 300.0
"""Alertmanager's watchdog beats every minute or two."""
RUN_S_MIN = 3_600.0
"""A rate of a shorter run is not compared."""
_KILL = money.KILL_SWITCH.name


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong. `key` stays the same while it lasts; `alert` names the runbook's."""

    key: str
    alert: str
    text: str


Findings: TypeAlias = dict[str, Problem | None]
"""By key: the problem, `None` where all is well. What could not be looked at is not in it."""


def of_bots(readings: Mapping[str, Reading | None], now_s: float) -> Findings:
    """Return what is found of each bot, then between them; `None` is one without answer."""
    found: Findings = {}
    for env, reading in readings.items():
        found |= _of_bot(env, reading, now_s)
    demo, prod = readings.get("demo"), readings.get("prod")
    if demo is not None and prod is not None and not any(found.values()):
        found |= _between(demo, prod, now_s)  # a bot in trouble parts from the other by itself
    return found


def of_wallet(balance: Balance | None, now_s: float) -> Findings:
    """Return whether chain and ledger were compared and agree; `None` is no answer."""
    if balance is None or now_s - balance.checked_s > money.CHECK_AGE_S_MAX:
        text = "Nobody compares chain and ledger: a mismatch would not be told."
        return _one("balance:unchecked", money.UNCHECKED.name, text, is_wrong=True)
    text = f"Chain minus ledger is {balance.mismatch_usd:+.2f} dollars."
    is_wrong = abs(balance.mismatch_usd) > MISMATCH_USD_MAX
    return {"balance:unchecked": None} | _one(
        "balance", money.MISMATCH.name, text, is_wrong=is_wrong
    )


def of_beat(beat_s: float, now_s: float) -> Findings:
    """Return whether Alertmanager's watchdog was heard lately; `beat_s` is when it last was."""
    text = f"Alertmanager has been silent for {_ago(now_s, beat_s)}: other alerts do not come."
    return _one("beat", "PmmWatchdog", text, is_wrong=now_s - beat_s > BEAT_AGE_S_MAX)


def _of_bot(env: str, reading: Reading | None, now_s: float) -> Findings:
    down = _one(f"{env}:down", liveness.DOWN.name, f"{env} does not answer.", is_wrong=True)
    if reading is None:
        return down
    found: Findings = dict.fromkeys(down)
    is_silent = now_s - reading.last_event_s > liveness.EVENT_AGE_S_MAX
    text = f"{env} answers but has done nothing for {_ago(now_s, reading.last_event_s)}."
    found |= _one(f"{env}:silent", liveness.SILENT.name, text, is_wrong=is_silent)
    if not is_silent:  # a bot that does nothing knows nothing of its feed either
        feed_s = max(reading.last_feed_s, reading.run_start_s)
        text = f"{env} hears nothing from the market."
        is_stale = now_s - feed_s > liveness.FEED_AGE_S_MAX
        found |= _one(f"{env}:feed", liveness.FEED_STALE.name, text, is_wrong=is_stale)
    text = f"The kill switch of {env} has tripped: it trades no more until a person resets it."
    found |= _one(f"{env}:kill", _KILL, text, is_wrong=reading.is_tripped)
    text = f"{env} is {reading.drawdown_usd:.2f} dollars below its best."
    is_low = reading.drawdown_usd > money.DRAWDOWN_USD_MAX
    return found | _one(f"{env}:drawdown", money.DRAWDOWN.name, text, is_wrong=is_low)


def _between(demo: Reading, prod: Reading, now_s: float) -> Findings:
    demo_h, prod_h = ((now_s - reading.run_start_s) / 3_600.0 for reading in (demo, prod))
    found: Findings = {}
    if min(demo_h, prod_h) * 3_600.0 < RUN_S_MIN:
        return found
    if min(demo.fills, prod.fills) >= EVENTS_MIN:
        left, right = (demo.fills + 0.5) / demo_h, (prod.fills + 0.5) / prod_h
        found |= _apart("fills an hour", left, right)
    if min(demo.submitted, prod.submitted) >= EVENTS_MIN:
        left = (demo.rejected + 0.5) / demo.submitted
        right = (prod.rejected + 0.5) / prod.submitted
        found |= _apart("refusals an order", left, right)
    return found


def _apart(name: str, demo: float, prod: float) -> Findings:
    text = f"{name} since the start: DEMO {demo:.3g}, PROD {prod:.3g}."
    is_far = max(demo, prod) > FOLD_MAX * min(demo, prod)
    return _one(f"diverged:{name}", divergence.DIVERGED.name, text, is_wrong=is_far)


def _one(key: str, alert: str, text: str, *, is_wrong: bool) -> Findings:
    return {key: Problem(key, alert, text) if is_wrong else None}


def _ago(now_s: float, then_s: float) -> str:
    minutes = int(now_s - then_s) // 60
    return f"{minutes} minutes" if minutes < 180 else f"{minutes // 60} hours"
