"""From the exchange's words for "no" to our closed set of reasons, by one table.

One text holds ids, addresses and amounts, so it can be logged but never be a label. The texts are
those of the exchange's error page and of public logs (polymarket.md 2.6, feed.md), 2026-11-22.
"""

from __future__ import annotations

from bot.domain.reports import RejectionReason

_R = RejectionReason

TEXTS: tuple[tuple[str, RejectionReason], ...] = (
    # The first phrase found decides, so the narrow ones come before the wide ones.
    ("duplicated", _R.DUPLICATE),
    ("breaks minimum tick size rule", _R.TICK_SIZE),
    ("lower than the minimum", _R.MIN_SIZE),
    ("min size: $", _R.MIN_SIZE),
    ("invalid post-only order", _R.POST_ONLY_CROSS),
    ("crosses the book", _R.POST_ONLY_CROSS),
    ("crosses book", _R.POST_ONLY_CROSS),
    ("not enough balance", _R.BALANCE),
    ("balance is not enough", _R.BALANCE),
    ("too many requests", _R.RATE_LIMIT),
    ("rate limit", _R.RATE_LIMIT),
    ("trading is currently disabled", _R.PAUSED),
    ("cancel-only", _R.PAUSED),
    ("post-only mode", _R.PAUSED),
    ("not yet ready to process new orders", _R.PAUSED),
    ("engine restarting", _R.PAUSED),
    ("closed only mode", _R.GEOBLOCK),
    ("restricted in your region", _R.GEOBLOCK),
    ("geoblock", _R.GEOBLOCK),
    ("unauthorized", _R.AUTH),
    ("invalid api key", _R.AUTH),
    ("invalid l1 request headers", _R.AUTH),
    ("invalid signature", _R.AUTH),
    ("owner of the api key", _R.AUTH),
    ("address of the api key", _R.AUTH),
    ("maker address not allowed", _R.AUTH),
    ("address banned", _R.AUTH),
)
"""(phrase in lower case, reason); nothing found means OTHER."""

_NO_PROOF = frozenset({
    "duplicated", "too many requests", "rate limit", "trading is currently disabled",
    "cancel-only", "post-only mode", "engine restarting",
})  # fmt: skip
_PROOFS = (
    *(phrase for phrase, _ in TEXTS if phrase not in _NO_PROOF),
    "invalid order payload",
    "invalid order version",
    "invalid expiration",
    "invalid nonce",
    "too many orders in payload",
    "canceled in the ctf exchange contract",
    "fully filled or killed",
    "no orders found to match with fak",
)
"""Words that come with 400, 401 or 403 only: they prove a refusal even where no status says so."""


def classify(text: str) -> RejectionReason:
    """Return the reason that a refusal's text stands for; OTHER when we have never seen it."""
    lowered = text.lower()
    for phrase, reason in TEXTS:
        if phrase in lowered:
            return reason
    return RejectionReason.OTHER


def proves_refusal(text: str) -> bool:
    """Return True when the words alone prove a refusal: in a batch each order has only words."""
    lowered = text.lower()
    return any(phrase in lowered for phrase in _PROOFS)
