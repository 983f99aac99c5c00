"""Shapes shared by the estimators: an estimate of nothing, of a share, and of a mean."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.calibration import Estimate
from extractor.stats import Cluster, ratio_interval, share_interval

EVENTS_TO_SHOW = 15
"""Events for about +-50 %: a share may be shown (calibration.md 0.8)."""
EVENTS_TO_APPLY = 96
"""Events for about +-20 %: a share may set a paper parameter (calibration.md 0.8)."""
KEEPS_PRIOR = "the paper venue keeps its prior"


def applied_value(estimate: Estimate, prior: float) -> float:
    """Return the value of an estimate that sets its parameter, else the prior."""
    if estimate.applied is None or estimate.value is None:
        return prior
    return estimate.value


def nothing(unit: str, method: str, note: str, n: int = 0) -> Estimate:
    """Return an estimate without a value, with the reason."""
    return Estimate(
        value=None, unit=unit, interval=None, n=n, method=method, sufficient=False, note=note
    )


def share(blocks: Sequence[Cluster], what: str, of: str, *, applies: str | None = None) -> Estimate:
    """Return a share with Wilson's interval at the effective sample size.

    `what` names the events and `of` the trials, for the note. Sufficient from 15 events; sets the
    paper parameter `applies` from 96 effective events of more than one block, since one block
    cannot show how much its trials have in common. No event at all is no measurement: the value is
    `None` and the interval gives the upper bound.
    """
    method = "wilson_cluster15m"
    trials = round(sum(block.denominator for block in blocks))
    events = round(sum(block.numerator for block in blocks))
    if trials <= 0:
        return nothing("1", method, f"no {of}{_prior_kept(applies)}")
    value, interval, deff = share_interval(blocks)
    if not events:
        return Estimate(
            value=None,
            unit="1",
            interval=interval,
            n=trials,
            method=method,
            sufficient=False,
            note=f"no {what} in {trials} {of}, so only an upper bound{_prior_kept(applies)}",
        )
    enough = events >= EVENTS_TO_SHOW
    is_told = len(blocks) > 1 and events / deff >= EVENTS_TO_APPLY
    applied = applies if enough and is_told else None
    return Estimate(
        value=value,
        unit="1",
        interval=interval,
        n=trials,
        method=method,
        sufficient=enough,
        note=_share_note(blocks, events, deff, what, applies if applied is None else None),
        applied=applied,
    )


def _share_note(
    blocks: Sequence[Cluster], events: int, deff: float, what: str, kept: str | None
) -> str:
    # `kept` is the parameter that keeps its prior
    text = f"{events} {what}, worth {events / deff:.0f} after clustering"
    if len(blocks) < 2:
        text = f"{events} {what}, all in one quarter of an hour, so taken for independent"
    if events < EVENTS_TO_SHOW:
        return f"{text}; {EVENTS_TO_SHOW} are needed to show it{_prior_kept(kept)}"
    if kept is None:
        return text
    blocks_needed = " in more than one quarter" if len(blocks) < 2 else ""
    return f"{text}; {EVENTS_TO_APPLY}{blocks_needed} are needed to apply it{_prior_kept(kept)}"


def _prior_kept(applies: str | None) -> str:
    return "" if applies is None else f": {KEEPS_PRIOR}"


def mean(blocks: Sequence[Cluster], unit: str, minimum: int, what: str) -> Estimate:
    """Return a weighted mean with its hour-cluster t interval.

    Sufficient from `minimum` items in more than one hour: without an interval it is no measurement.
    """
    method = "ratio_cluster1h_t"
    n = sum(block.n for block in blocks)
    if not n or sum(block.denominator for block in blocks) <= 0:
        return nothing(unit, method, f"no {what}")
    value, interval = ratio_interval(blocks)
    enough = n >= minimum and interval is not None
    note = "" if n >= minimum else f"{n} {what}; {minimum} are needed: {KEEPS_PRIOR}"
    if interval is None:
        note = f"{note}; all in one hour, so no interval".lstrip("; ")
    return Estimate(
        value=value, unit=unit, interval=interval, n=n, method=method, sufficient=enough, note=note
    )
