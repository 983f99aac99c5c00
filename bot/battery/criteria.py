"""The thresholds of the battery, each with its reason in docs/battery.md."""

from __future__ import annotations

import msgspec

ESTIMATES = ("fill_rate", "ack_p50_ms", "cancel_p50_ms", "queue_phi")
"""What a day of $25 can measure and paper cannot do without (calibration.md 4.1, 4.5)."""
HOLDOUT = "holdout_fill_ratio"
"""The estimate that says how well a calibration predicts hours it has not seen."""
BLOCK_S = 15 * 60
"""Profit is added up over blocks of so many seconds, longer than most fills hang together."""


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """What GO takes.

    * `calibration_age_days_max`: from the end of its window to the moment of judgement.
    * `holdout_fold_max`: predicted over observed fills, either way.
    * `hours_min`, `fills_min`, `blocks_min`: of all undisturbed runs together.
    * `damaged_ratio_max`, `untrusted_ratio_max`: of the frames, and of the time, of a recording.
    * `kill_margin_min`: share of the loss limit that no undisturbed run may use up.
    * `survival_h_min`: at the worst profit an hour that is still likely, the loss limit lasts so
      long. "Likely" is the one-sided 95 % bound.
    * `stress_loss_max_ratio`: the worst loss under stress, of the loss limit.
    """

    calibration_age_days_max: float = 7.0
    holdout_fold_max: float = 2.0
    hours_min: float = 2.0
    fills_min: int = 30
    blocks_min: int = 8
    damaged_ratio_max: float = 0.01
    untrusted_ratio_max: float = 0.2
    kill_margin_min: float = 0.5
    survival_h_min: float = 24.0
    stress_loss_max_ratio: float = 1.5


CRITERIA = Criteria()
"""Those that the command uses."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was judged: about what, whether it passed, and the number with its bound."""

    subject: str
    passed: bool
    text: str
