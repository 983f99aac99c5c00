"""Whether every bot is there, does anything, and sees the market.

Death shows in `up`, in its absence and in the heartbeat, never in the compared quantities: a window
of an hour goes on answering for an hour after its bot died.
"""

from __future__ import annotations

from alerting.rule import Alert, Group, Severity
from exporters.catalogue import feed, health

BOTS = 'job="bot"'
EVENT_AGE_S_MAX = 120
FEED_AGE_S_MAX = 300
"""The feed reports every minute: five without one that had messages."""

DOWN = Alert(
    name="PmmBotDown",
    severity=Severity.CRITICAL,
    summary="{{ $labels.env }} does not answer",
    description=(
        "The bot {{ $labels.env }} cannot be scraped, or it is gone though it was up "
        "within a week. Its orders may still rest: the exchange takes them off 15 s after the last "
        "heartbeat, check that it did."
    ),
    # DEMO always runs; production is missed once it was up, for a week. A rehearsal just ends.
    expr=(
        f"(max by (env) (up{{{BOTS}}}) == 0)\n"
        f'or max by (env) (absent(up{{{BOTS}, env="demo"}}))\n'
        f'or (max by (env) (max_over_time(up{{{BOTS}, env!="rehearsal"}}[7d]) == 1)\n'
        f"unless on (env) up{{{BOTS}}})"
    ),
    hold="1m",
    keep="2m",
)
SILENT = Alert(
    name="PmmBotSilent",
    severity=Severity.CRITICAL,
    summary="{{ $labels.env }} answers but does nothing",
    description=(
        "The last event of {{ $labels.env }} is {{ $value | humanizeDuration }} old; a live bot "
        "has one every few seconds. It hangs, or it stopped and left its process."
    ),
    expr=(
        f"max by (env) (time() - {health.LAST_EVENT.name}) > {EVENT_AGE_S_MAX}\n"
        f"and on (env) (up{{{BOTS}}} == 1)"
    ),
    hold="1m",
    keep="2m",
)
FEED_STALE = Alert(
    name="PmmFeedStale",
    severity=Severity.CRITICAL,
    summary="{{ $labels.env }} hears nothing from the market",
    description=(
        "No market message for {{ $value | humanizeDuration }}. The bot quotes nothing on a stale "
        "book; nothing is learnt meanwhile."
    ),
    expr=(
        f"max by (env) (time() - {feed.LAST_REPORT.name}) > {FEED_AGE_S_MAX}\n"
        f"and on (env) (time() - {health.RUN_START.name} > {FEED_AGE_S_MAX})\n"
        f"and on (env) ({health.RUNNING.name} == 1)"
    ),
    hold="1m",
)
BOOK_NOT_VALID = Alert(
    name="PmmBookNotValid",
    severity=Severity.WARNING,
    summary="{{ $labels.env }} distrusts a book of {{ $labels.market }}",
    description=(
        "The {{ $labels.outcome }} book has not been valid for 15 minutes although messages come: "
        "gaps, damaged frames or hashes that disagree."
    ),
    expr=(
        f'max by (env, market, outcome) ({feed.BOOK_STATE.name}{{state!="valid"}}) == 1\n'
        f"and on (env) (time() - {feed.LAST_REPORT.name} <= {FEED_AGE_S_MAX})\n"
        f"and on (env) ({health.RUNNING.name} == 1)"
    ),
    hold="15m",
)

GROUP = Group("pmm_liveness", (DOWN, SILENT, FEED_STALE, BOOK_NOT_VALID))
