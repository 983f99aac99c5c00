"""What the battery plays: the calibration as it is, and what may go wrong one by one.

A case changes the exchange (the parameters of the paper venue) or the feed (its messages), never
the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bot.battery.jumps import with_jumps
from bot.battery.streams import (
    Stream,
    behind_everybody,
    undisturbed,
    with_gaps,
    without_prints,
)
from bot.domain.calibration import Latency, PaperConfig, RejectionParameters
from bot.domain.market import Market
from bot.domain.reports import RejectionReason
from bot.sandbox.market import GeneratedMarketConfig

LATENCY_FOLD = 3.0
REJECTION_FOLD = 5.0
REJECTION_TOTAL_MAX = 0.9
REJECTION_MIN = 0.01
"""Refused of no known reason where the calibration has seen none (calibration.md 3.4)."""
FEE_CENTS = 0.5
"""Makers pay nothing; the most that may ever be taken is a builder's 50 bps, of a dollar a share
(polymarket.md 3.1)."""

OnPaper = Callable[[PaperConfig], PaperConfig]
OnStream = Callable[[Stream, Sequence[Market]], Stream]


def _same(paper: PaperConfig) -> PaperConfig:
    return paper


class Case(msgspec.Struct, frozen=True):
    """One way to play a tape: `what` for people, and what it does to exchange and feed."""

    name: str
    what: str
    paper: OnPaper = _same
    stream: OnStream = undisturbed


def slower(paper: PaperConfig) -> PaperConfig:
    """Return the parameters with every round trip three times as long."""
    return msgspec.structs.replace(
        paper, rtt=_longer(paper.rtt), cancel_rtt=_longer(paper.cancel_rtt)
    )


def refusing(paper: PaperConfig) -> PaperConfig:
    """Return the parameters with five times the refusals, of nine orders in ten at most."""
    probability = dict(paper.rejections.probability)
    if not sum(probability.values()):
        probability = {RejectionReason.OTHER: REJECTION_MIN}
    fold = min(REJECTION_FOLD, REJECTION_TOTAL_MAX / sum(probability.values()))
    more = {reason: min(1.0, share * fold) for reason, share in probability.items()}
    return msgspec.structs.replace(paper, rejections=RejectionParameters(more))


def charging(paper: PaperConfig) -> PaperConfig:
    """Return the parameters with the most a maker may be charged on top."""
    return msgspec.structs.replace(paper, residual_cash_cents=paper.residual_cash_cents + FEE_CENTS)


def _worst(paper: PaperConfig) -> PaperConfig:
    return charging(refusing(slower(paper)))


def _longer(latency: Latency) -> Latency:
    return msgspec.structs.replace(
        latency,
        median_ms=latency.median_ms * LATENCY_FOLD,
        quantiles_ms=tuple(ms * LATENCY_FOLD for ms in latency.quantiles_ms),
    )


BASE = Case("base", "the calibration and the tape as they are")
NO_PRINTS = Case("no prints", "no trade is ever printed", stream=without_prints)
STRESS = (
    Case("slow", "every round trip takes three times as long", paper=slower),
    Case("refusals", "five times as many orders are refused", paper=refusing),
    Case("fees", "half a cent is charged on each share filled", paper=charging),
    Case("last in line", "filled only when the price trades through", stream=behind_everybody),
    Case("gaps", "half a minute of the feed is lost every ten", stream=with_gaps),
    Case("jumps", "the price jumps ten cents every ten minutes", stream=with_jumps),
    Case(
        "all at once",
        "slow, refusals, fees and last in line together",
        paper=_worst,
        stream=behind_everybody,
    ),
    NO_PRINTS,
)
TOXIC = Case("toxic flow", "a generated market whose takers know more")


def toxic_market(seed: int, hours: float) -> GeneratedMarketConfig:
    """Return a market five times as restless as the usual one, with a jump every ten minutes."""
    return GeneratedMarketConfig(
        seed=seed,
        duration_s=round(hours * 3600),
        slug="toxic-market",
        fair_vol_per_day=1.0,
        jumps_per_day=144.0,
        jump_size=0.2,
    )
