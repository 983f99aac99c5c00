"""The market feed and the books it builds.

The feed serves all markets at once, so its counts have no market. They come in reports (every 30 s
by default): a rate over less than four reports says nothing.
"""

from __future__ import annotations

from bot.domain.book import BookState
from bot.domain.market import Outcome
from exporters.catalogue.types import MARKET, Kind, Label, Metric

OUTCOME = Label("outcome", tuple(Outcome))
BOOK_STATE_VALUE = Label("state", tuple(BookState))
DEFECT = Label(
    "kind",
    (
        "damaged",
        "unknown_token",
        "pruned_level",
        "touch_mismatch",
        "hash_mismatch",
        "backward_step",
        "duplicate",
    ),
)
"""Unreadable frames; tokens we do not follow; levels removed late; a touch or a book hash that
disagrees with the exchange's; exchange time that went back; a message that came twice."""

MESSAGES = Metric(
    name="pmm_feed_messages_total",
    kind=Kind.COUNTER,
    help="Market messages with an exchange time; moves at each feed report.",
)
LEVEL_CHANGES = Metric(
    name="pmm_feed_level_changes_total",
    kind=Kind.COUNTER,
    help="Changes of one level applied to a book; moves at each feed report.",
)
PRINTS = Metric(
    name="pmm_feed_prints_total",
    kind=Kind.COUNTER,
    help="Public trades seen; moves at each feed report.",
)
DEFECTS = Metric(
    name="pmm_feed_defects_total",
    kind=Kind.COUNTER,
    help="What was wrong with the feed and was healed or left out, by kind; moves at each report.",
    labels=(DEFECT,),
)
HASH_CHECKS = Metric(
    name="pmm_feed_hash_checks_total",
    kind=Kind.COUNTER,
    help="Books compared with the hash of the exchange's; mismatches are a kind of defect.",
)
LOSSES = Metric(
    name="pmm_feed_losses_total",
    kind=Kind.COUNTER,
    help="Times the continuity of the feed was lost: reconnects and gaps; moves at once.",
)
LAST_REPORT = Metric(
    name="pmm_feed_last_report_timestamp_seconds",
    kind=Kind.GAUGE,
    unit="timestamp_seconds",
    help="Time of the last feed report that had messages, 0 before; a silent feed leaves it.",
)
LATENCY_MEDIAN = Metric(
    name="pmm_feed_latency_median_seconds",
    kind=Kind.GAUGE,
    help="Median feed latency of the last report beyond the fastest message, NaN without any.",
    is_unknown_at_start=True,
    unit="seconds",
)
LATENCY_MAX = Metric(
    name="pmm_feed_latency_max_seconds",
    kind=Kind.GAUGE,
    help="Longest feed latency of the last report beyond the fastest message, NaN without any.",
    is_unknown_at_start=True,
    unit="seconds",
)
CLOCK_OFFSET = Metric(
    name="pmm_clock_offset_seconds",
    kind=Kind.GAUGE,
    help="Local minus exchange clock, fastest transit included; moves at each feed report.",
    is_unknown_at_start=True,
    unit="seconds",
)
BOOK_STATE = Metric(
    name="pmm_book_state",
    kind=Kind.GAUGE,
    help="1 for the state the book is in; moves when its trust changes. Invalid at the start.",
    labels=(MARKET, OUTCOME, BOOK_STATE_VALUE),
)
BOOK_STATE_SINCE = Metric(
    name="pmm_book_state_since_timestamp_seconds",
    kind=Kind.GAUGE,
    unit="timestamp_seconds",
    help="When the book came into the state it is in; 0 before the first change.",
    labels=(MARKET, OUTCOME),
)
TICK = Metric(
    name="pmm_tick_size_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="The price grid of the book; moves when the exchange changes it.",
    labels=(MARKET, OUTCOME),
)

METRICS = (
    MESSAGES,
    LEVEL_CHANGES,
    PRINTS,
    DEFECTS,
    HASH_CHECKS,
    LOSSES,
    LAST_REPORT,
    LATENCY_MEDIAN,
    LATENCY_MAX,
    CLOCK_OFFSET,
    BOOK_STATE,
    BOOK_STATE_SINCE,
    TICK,
)
