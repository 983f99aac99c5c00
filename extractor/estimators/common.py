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
    paper parameter `applies` from 96 effective events. No event at all is no measurement: the value
    is `None` and the interval gives the upper bound.
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
    applied = applies if enough and events / deff >= EVENTS_TO_APPLY else None
    return Estimate(
        value=value,
        unit="1",
        interval=interval,
        n=trials,
        method=method,
        sufficient=enough,
        note=_share_note(events, deff, what, applies, applied),
        applied=applied,
    )


def _share_note(
    events: int, deff: float, what: str, applies: str | None, applied: str | None
) -> str:
    effective = events / deff
    text = f"{events} {what}, worth {effective:.0f} after clustering"
    if events < EVENTS_TO_SHOW:
        return f"{text}; {EVENTS_TO_SHOW} are needed to show it{_prior_kept(applies)}"
    if applies is not None and applied is None:
        return f"{text}; {EVENTS_TO_APPLY} are needed to apply it{_prior_kept(applies)}"
    return text


def _prior_kept(applies: str | None) -> str:
    return "" if applies is None else f": {KEEPS_PRIOR}"


def mean(blocks: Sequence[Cluster], unit: str, minimum: int, what: str) -> Estimate:
    """Return a weighted mean with its hour-cluster t interval; sufficient from `minimum` items."""
    method = "ratio_cluster1h_t"
    n = sum(block.n for block in blocks)
    if not n or sum(block.denominator for block in blocks) <= 0:
        return nothing(unit, method, f"no {what}")
    value, interval = ratio_interval(blocks)
    enough = n >= minimum
    note = "" if enough else f"{n} {what}; {minimum} are needed: {KEEPS_PRIOR}"
    if interval is None:
        note = f"{note}; all in one hour, so no interval".lstrip("; ")
    return Estimate(
        value=value, unit=unit, interval=interval, n=n, method=method, sufficient=enough, note=note
    )
