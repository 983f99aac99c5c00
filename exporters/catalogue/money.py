"""What trading earned and cost: markouts, stale quotes, fees, gas, the account.

A markout is signed and a counter cannot fall, so losses and gains are two counters: the mean cost
of a fill is (losses - gains) / count, over any window, and restarts do no harm. A running sum in a
gauge would lose both.
"""

from __future__ import annotations

from bot.domain.markout import HORIZONS_S
from exporters.catalogue.feed import OUTCOME
from exporters.catalogue.types import MARKET, Kind, Label, Metric

HORIZON = Label("horizon", tuple(f"{seconds}s" for seconds in HORIZONS_S))
SIGN = Label("sign", ("loss", "gain"))
STAGE = Label("stage", ("settled", "pending"))

MARKOUTS = Metric(
    name="pmm_markouts_total",
    kind=Kind.COUNTER,
    help="Fills whose later mid was read; moves one horizon after each fill.",
    labels=(MARKET, HORIZON),
)
MARKOUT_CENTS = Metric(
    name="pmm_markout_cents_total",
    kind=Kind.COUNTER,
    unit="cents",
    help="Cents a share the mid moved against us (loss) or for us (gain) after fills.",
    labels=(MARKET, HORIZON, SIGN),
)
MARKOUT_BPS = Metric(
    name="pmm_markout_bps_total",
    kind=Kind.COUNTER,
    unit="bps",
    help="The same moves in 1/10,000 of the mid before the fill.",
    labels=(MARKET, HORIZON, SIGN),
)
STALE_EXPOSURE = Metric(
    name="pmm_stale_quote_share_seconds_total",
    kind=Kind.COUNTER,
    unit="share_seconds",
    help="Size times time that orders rested at prices the fair value had left; moves at the end.",
    labels=(MARKET,),
)
STALE_SECONDS = Metric(
    name="pmm_stale_quote_seconds",
    kind=Kind.HISTOGRAM,
    unit="seconds",
    help="How long an order rested at a price the fair value had left; moves when that ends.",
    labels=(MARKET,),
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0),
    why_buckets=(
        "fine around a cancel's round trip of 0.25 s, which is the least there can be; beyond the "
        "10 s time-out a quote was left standing"
    ),
)
FEES = Metric(
    name="pmm_fees_usd_total",
    kind=Kind.COUNTER,
    unit="usd",
    help="Fees charged on fills, as charged and not as assumed; moves at each match.",
    labels=(MARKET,),
)
GAS = Metric(
    name="pmm_gas_usd_total",
    kind=Kind.COUNTER,
    unit="usd",
    help="Gas paid for fills and refused orders; moves with them.",
    labels=(MARKET,),
)
TRANSACTIONS = Metric(
    name="pmm_transactions_total",
    kind=Kind.COUNTER,
    help="Transactions of ours that came into a block, by what became of them; moves when seen.",
    labels=(Label("result", ("succeeded", "reverted")),),
)
REWARDS = Metric(
    name="pmm_rewards_usd_total",
    kind=Kind.COUNTER,
    unit="usd",
    help="Liquidity rewards credited since the run began, asked for every hour; in no equity.",
)
REBATES = Metric(
    name="pmm_rebates_usd_total",
    kind=Kind.COUNTER,
    unit="usd",
    help="Maker rebates credited since the run began, asked for every hour; in no equity.",
)
CASH = Metric(
    name="pmm_cash_flow_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="Cash flow since the run began, fees and gas off; moves at each report.",
    labels=(MARKET,),
)
REALISED = Metric(
    name="pmm_realised_pnl_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="Profit of what was bought and sold again; moves at each report.",
    labels=(MARKET,),
)
UNREALISED = Metric(
    name="pmm_unrealised_pnl_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="Profit of what is held, at the mid; moves at each report.",
    labels=(MARKET,),
)
EQUITY = Metric(
    name="pmm_equity_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="Cash flow plus holdings at the mid, realised plus unrealised; moves at each report.",
    labels=(MARKET,),
)
DRAWDOWN = Metric(
    name="pmm_drawdown_usd",
    kind=Kind.GAUGE,
    unit="usd",
    help="How far equity is below its best of the run; moves at each report.",
    labels=(MARKET,),
)
INVENTORY = Metric(
    name="pmm_inventory_shares",
    kind=Kind.GAUGE,
    unit="shares",
    help="Tokens held by stage of settlement, pending may be negative; moves at each report.",
    labels=(MARKET, OUTCOME, STAGE),
)

METRICS = (
    MARKOUTS,
    MARKOUT_CENTS,
    MARKOUT_BPS,
    STALE_EXPOSURE,
    STALE_SECONDS,
    FEES,
    GAS,
    TRANSACTIONS,
    REWARDS,
    REBATES,
    CASH,
    REALISED,
    UNREALISED,
    EQUITY,
    DRAWDOWN,
    INVENTORY,
)
