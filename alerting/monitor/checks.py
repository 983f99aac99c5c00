"""What is wrong, from the readings of both bots: pure, no clock, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from alerting.monitor.reading import Reading
from alerting.rules import divergence, liveness, money
from alerting.rules.recording import EVENTS_MIN
from exporters.catalogue import balance

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


def problems(
    readings: Mapping[str, Reading | None],
    now_s: float,
    *,
    beat_s: float | None = None,
    mismatch_usd: float | None = None,
) -> list[Problem]:
    """Return what is wrong now, by bot and then between them; `None` for one without answer.

    `beat_s` is when Alertmanager's watchdog was last heard, `mismatch_usd` chain minus ledger;
    `None` when nobody listens or compares.
    """
    found = [
        problem for env, reading in readings.items() for problem in _of_bot(env, reading, now_s)
    ]
    demo, prod = readings.get("demo"), readings.get("prod")
    if demo is not None and prod is not None and not found:
        found += _between(demo, prod, now_s)  # a bot in trouble parts from the other by itself
    if mismatch_usd is not None and abs(mismatch_usd) > balance.MISMATCH_USD_MAX:
        text = f"The chain has {mismatch_usd:+.2f} dollars against the ledger."
        found.append(Problem("balance", money.MISMATCH.name, text))
    if beat_s is not None and now_s - beat_s > BEAT_AGE_S_MAX:
        text = f"Alertmanager has been silent for {_ago(now_s, beat_s)}: other alerts do not come."
        found.append(Problem("beat", "PmmWatchdog", text))
    return found


def _of_bot(env: str, reading: Reading | None, now_s: float) -> Iterator[Problem]:
    if reading is None:
        yield Problem(f"{env}:down", liveness.DOWN.name, f"{env} does not answer.")
        return
    if now_s - reading.last_event_s > liveness.EVENT_AGE_S_MAX:
        age = _ago(now_s, reading.last_event_s)
        text = f"{env} answers but has done nothing for {age}."
        yield Problem(f"{env}:silent", liveness.SILENT.name, text)
    elif now_s - max(reading.last_feed_s, reading.run_start_s) > liveness.FEED_AGE_S_MAX:
        text = f"{env} hears nothing from the market."
        yield Problem(f"{env}:feed", liveness.FEED_STALE.name, text)
    if reading.is_tripped:
        text = f"The kill switch of {env} has tripped: it trades no more until a person resets it."
        yield Problem(f"{env}:kill", _KILL, text)
    if reading.drawdown_usd > money.DRAWDOWN_USD_MAX:
        text = f"{env} is {reading.drawdown_usd:.2f} dollars below its best."
        yield Problem(f"{env}:drawdown", money.DRAWDOWN.name, text)


def _between(demo: Reading, prod: Reading, now_s: float) -> Iterator[Problem]:
    demo_h, prod_h = ((now_s - reading.run_start_s) / 3_600.0 for reading in (demo, prod))
    if min(demo_h, prod_h) * 3_600.0 < RUN_S_MIN:
        return
    if min(demo.fills, prod.fills) >= EVENTS_MIN:
        left, right = (demo.fills + 0.5) / demo_h, (prod.fills + 0.5) / prod_h
        yield from _apart("fills an hour", left, right)
    if min(demo.submitted, prod.submitted) >= EVENTS_MIN:
        left = (demo.rejected + 0.5) / demo.submitted
        right = (prod.rejected + 0.5) / prod.submitted
        yield from _apart("refusals an order", left, right)


def _apart(name: str, demo: float, prod: float) -> Iterator[Problem]:
    if max(demo, prod) > FOLD_MAX * min(demo, prod):
        text = f"{name} since the start: DEMO {demo:.3g}, PROD {prod:.3g}."
        yield Problem(f"diverged:{name}", divergence.DIVERGED.name, text)


def _ago(now_s: float, then_s: float) -> str:
    minutes = int(now_s - then_s) // 60
    return f"{minutes} minutes" if minutes < 180 else f"{minutes // 60} hours"
