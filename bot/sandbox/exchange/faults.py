"""What goes wrong on the local exchange, to order: one record that a test or a person replaces."""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import Annotated

import msgspec

from bot.domain.calibration import Latency, NonNegative, Positive, Share
from bot.domain.market import TokenId
from bot.sandbox.exchange.refusals import (
    Reason,
    Refused,
    cancel_only,
    disabled,
    post_only_mode,
    restarting,
)
from bot.venues.paper import models


class Operation(StrEnum):
    """What a latency can be ordered for: requests by kind, and the two channels' messages."""

    ORDER = "order"
    CANCEL = "cancel"
    READ = "read"
    HEARTBEAT = "heartbeat"
    USER = "user"
    MARKET = "market"


class Mode(StrEnum):
    """The state of the exchange (polymarket.md 2.5)."""

    NORMAL = "normal"
    DISABLED = "disabled"
    CANCEL_ONLY = "cancel_only"
    POST_ONLY = "post_only"
    RESTART = "restart"


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can go wrong. Shares are probabilities, drawn from the exchange's seed.

    * `latency` by operation; `entry_share` of a request's passes before it takes effect.
    * `reject`: orders refused, by reason. `mode` and its `retry_after_s`.
    * `too_many`: orders and cancels answered 429, without any rate-limit header when `is_bare_429`.
    * `lose_answer`: orders that rest while the answer never comes; the connection is cut after
      `hold_s`.
    * Of user events: `duplicate`, `reorder` (delivered half a second late, behind others).
    * Of trades: `hidden` (nothing is sent before CONFIRMED), `retrying`, `failed` (FAILED instead
      of MINED).
    * `is_frozen`: both channels answer PING and send nothing else. `silent_tokens`: no market data
      of these.
    * `is_tick_stale`: metadata keeps stating the first tick size after it changed.
    """

    latency: dict[Operation, Latency] = {}
    entry_share: Share = 0.5
    reject: dict[Reason, Share] = {}
    mode: Mode = Mode.NORMAL
    retry_after_s: NonNegative = 2.0
    too_many: Share = 0.0
    is_bare_429: bool = False
    lose_answer: Share = 0.0
    hold_s: Positive = 30.0
    duplicate: Share = 0.0
    reorder: Share = 0.0
    hidden: Share = 0.0
    retrying: Share = 0.0
    failed: Share = 0.0
    is_frozen: bool = False
    silent_tokens: Annotated[tuple[TokenId, ...], msgspec.Meta(max_length=100)] = ()
    is_tick_stale: bool = False
    is_closed_only: bool = False
    is_geoblocked: bool = False

    def check_order(self, *, is_post_only: bool) -> None:
        """Raise Refused when the mode does not allow this order."""
        if self.mode is Mode.RESTART:
            raise restarting()
        if self.mode is Mode.DISABLED:
            raise disabled()
        if self.mode is Mode.CANCEL_ONLY:
            raise cancel_only()
        if self.mode is Mode.POST_ONLY and not is_post_only:
            raise post_only_mode(self.retry_after_s)

    def check_cancel(self) -> None:
        """Raise Refused when the mode does not allow cancels."""
        if self.mode is Mode.RESTART:
            raise restarting()
        if self.mode is Mode.DISABLED:
            raise disabled()


class Dice:
    """The draws behind the faults: one generator a purpose, so that one never shifts another."""

    def __init__(self, seed: int) -> None:
        """Seed them all."""
        self._seed = seed
        self._streams: dict[str, Random] = {}

    def of(self, purpose: str) -> Random:
        """Return the generator of a purpose."""
        stream = self._streams.get(purpose)
        if stream is None:
            stream = self._streams[purpose] = models.stream(self._seed, purpose)
        return stream

    def hits(self, purpose: str, share: float) -> bool:
        """Return whether something of this probability happens now."""
        return self.of(purpose).random() < share

    def reason(self, shares: dict[Reason, float]) -> Reason | None:
        """Return the reason that refuses this order, or `None`: one draw an order."""
        draw = self.of("reject").random()
        for reason in sorted(shares):
            draw -= shares[reason]
            if draw < 0:
                return reason
        return None

    def delay_ns(self, purpose: str, latency: Latency | None) -> int:
        """Return one latency in ns; 0 for none."""
        return 0 if latency is None else models.sample_ns(latency, self.of(purpose))


def change(faults: Faults, patch: bytes) -> Faults:
    """Return the faults with the keys in the JSON object `patch` replaced.

    Raises Refused with 400 naming what is unknown or out of bounds.
    """
    try:
        given = msgspec.json.decode(patch, type=dict[str, object])
        merged = {**msgspec.to_builtins(faults), **given}
        return msgspec.convert(merged, Faults)
    except msgspec.MsgspecError as error:
        raise Refused(400, f"faults: {error}") from error
