"""The calibration file: what production really did, and the paper venue that would do the same.

The eight `real_…` keys and `suggested_paper_config` are a contract (docs/calibration.md). A value
that the data cannot support is `None` there, with the reason in `estimates`, and the paper venue
keeps its prior: a guess never looks like a measurement.
"""

from __future__ import annotations

import hashlib
import math
from typing import Annotated

import msgspec

from bot.domain.errors import CalibrationError
from bot.domain.reports import ENDOGENOUS, RejectionReason

SCHEMA_VERSION = 1

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, msgspec.Meta(gt=0.0)]
NonNegative = Annotated[float, msgspec.Meta(ge=0.0)]


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A latency distribution: lognormal by median and sigma, or an empirical quantile table.

    `quantiles_ms`, when not empty, wins: equally spaced quantiles from 0 to 1, ascending, read with
    linear interpolation. Priors: median 250 ms (the seed), sigma 0.39 (calibration.md 3.4).
    """

    median_ms: Positive = 250.0
    sigma: NonNegative = 0.39
    quantiles_ms: tuple[NonNegative, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError for a table that is too short or not ascending."""
        if len(self.quantiles_ms) == 1 or list(self.quantiles_ms) != sorted(self.quantiles_ms):
            raise ValueError("quantiles_ms must be ascending and hold at least 2 values")


class QueueParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The queue model: an anonymous decrease was ahead of us with probability x ** n.

    x is the share of the level that stands ahead of us (calibration.md 3.3).
    `phi` = n / (n + 1): 0.5 proportional, 1.0 risk-averse (only trades move us), the prior.
    `theta_miss` is the share of due fills that production does not get; `print_miss` the share of
    trades without a print.
    """

    phi: Annotated[float, msgspec.Meta(gt=0.0, le=1.0)] = 1.0
    theta_miss: Share = 0.0
    print_miss: Share = 0.03

    @property
    def power_n(self) -> float:
        """The exponent n; infinite for phi = 1."""
        return math.inf if self.phi == 1.0 else self.phi / (1.0 - self.phi)


class RejectionParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exogenous rejections: probability by reason.

    Crosses, balance, grid and rate limit emerge by themselves and may not be listed.
    """

    probability: dict[RejectionReason, Share] = msgspec.field(
        default_factory=lambda: {RejectionReason.OTHER: 0.01}
    )

    def __post_init__(self) -> None:
        """Raise ValueError when a reason is endogenous or the probabilities exceed 1."""
        wrong = ENDOGENOUS & self.probability.keys()
        if wrong:
            raise ValueError(
                f"rejection reasons {', '.join(sorted(wrong))} emerge from the book or the account"
            )
        if math.fsum(self.probability.values()) > 1.0:
            raise ValueError("rejection probabilities add up to more than 1")


class SettlementParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a matched trade settles: delay to CONFIRMED, or FAILED with a probability."""

    delay: Latency = Latency(median_ms=4000.0, sigma=0.5)
    failure_probability: Share = 0.0


class PaperConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every parameter of the paper venue.

    The first three keep the names of the first version: they describe what paper should show
    afterwards, and only the `legacy` model acts on them. An order takes `entry_share` of a drawn
    `rtt` to reach the book, and its answer takes the rest. `residual_cash_cents` is charged per
    share filled, and only when the extractor's gate let it through.
    """

    fill_probability: Share = 0.3
    adverse_selection_bps: float = 10.0
    maker_fee_bps: float = 0.0
    rtt: Latency = Latency()
    cancel_rtt: Latency = Latency()
    entry_share: Share = 0.5
    queue: QueueParameters = QueueParameters()
    rejections: RejectionParameters = msgspec.field(default_factory=RejectionParameters)
    settlement: SettlementParameters = SettlementParameters()
    gas_usd_per_onchain_op: NonNegative = 0.005
    residual_cash_cents: float = 0.0


class Estimate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured quantity: value with its 95 % interval, the samples behind it, and how.

    `value` and `interval` are `None` when there was nothing to measure. `sufficient` says whether
    the sample passed the minimum; `note` says why not. `applied` names the paper parameter it set.
    """

    value: float | None
    unit: str
    interval: tuple[float, float] | None
    n: int
    method: str
    sufficient: bool
    note: str = ""
    applied: str | None = None


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The span of events behind a calibration, ns since the epoch, end excluded."""

    since_ns: int
    until_ns: int


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calibration file, key by key (docs/calibration.md)."""

    real_fill_rate: float | None
    real_adverse_selection_bps: float | None
    real_fee_bps: float | None
    real_latency_ms: float | None
    real_rejection_rate: float | None
    real_spread_bps: float | None
    real_gas_cost_per_tx: float | None
    real_max_jump_pct: float | None
    suggested_paper_config: PaperConfig
    schema_version: int
    window: Window
    counts: dict[str, int]
    estimates: dict[str, Estimate]
    by_level: dict[str, Estimate]
    by_horizon: dict[str, Estimate]
    rejections_by_reason: dict[str, int]
    markets: tuple[str, ...]
    source: str
    hash: str = ""


def content_hash(calibration: Calibration) -> str:
    """Return the SHA-256 hex of the file's content with an empty `hash`."""
    bare = msgspec.structs.replace(calibration, hash="")
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def encode(calibration: Calibration) -> bytes:
    """Return the JSON text of the file, with its hash filled in.

    Raises CalibrationError when the text would not give the same calibration back: a number is
    not finite or out of its bounds.
    """
    whole = msgspec.structs.replace(calibration, hash=content_hash(calibration))
    text = msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"
    if decode(text) != whole:
        raise CalibrationError("a number of the calibration is not finite")
    return text


def decode(text: bytes) -> Calibration:
    """Return the calibration in `text`.

    Raises CalibrationError when it is no such JSON, of another schema version, or its hash does not
    match its content (cut short, or edited by hand).
    """
    try:
        calibration = msgspec.json.decode(text, type=Calibration)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise CalibrationError(f"not a calibration file: {error}") from error
    if calibration.schema_version != SCHEMA_VERSION:
        raise CalibrationError(
            f"schema_version {calibration.schema_version} is not {SCHEMA_VERSION}: "
            "run the extractor again"
        )
    if calibration.hash != content_hash(calibration):
        raise CalibrationError("the hash does not match the content: the file was cut or edited")
    return calibration
