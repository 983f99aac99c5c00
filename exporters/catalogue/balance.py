"""What the chain says we own against what the ledger says, from `python -m exporters wallet`.

Gauges keep the last look that worked, and `pmm_balance_last_check_timestamp_seconds` says how old
it is: a node that is away makes nothing zero and clears no alert.
"""

from __future__ import annotations

from exporters.catalogue.types import Kind, Label, Metric, Source

MISMATCH_USD_MAX = 0.5
"""Further apart, chain and ledger disagree: less than the smallest order, more than rounding."""
GAS_POL_MAX = 0.01
"""POL that may be gone without a transaction of ours: rounding, and one on its way."""

ASSET = Label("asset", ("cash", "yes", "no"))
RESULT = Label("result", ("compared", "no_chain", "no_ledger"))


def _gauge(name: str, unit: str, text: str, labels: tuple[Label, ...] = ()) -> Metric:
    return Metric(
        name=name,
        kind=Kind.GAUGE,
        source=Source.PROCESS,
        unit=unit,
        help=text,
        labels=labels,
        is_unknown_at_start=True,
    )


MISMATCH = _gauge(
    "pmm_balance_mismatch_usd",
    "usd",
    "Chain minus ledger, matches on their way allowed for, tokens at the mid; at each comparison.",
    (ASSET,),
)
CHAIN = _gauge(
    "pmm_balance_chain_usd",
    "usd",
    "What the wallet holds on the chain, tokens at the mid; moves at each comparison.",
    (ASSET,),
)
LEDGER = _gauge(
    "pmm_balance_ledger_usd",
    "usd",
    "What the bot's ledger says the chain should show, tokens at the mid; at each comparison.",
    (ASSET,),
)
IN_FLIGHT = _gauge(
    "pmm_balance_in_flight_matches",
    "matches",
    "Matches that may or may not be on the chain yet; moves at each comparison.",
)
PUSD = _gauge("pmm_balance_pusd_usd", "usd", "pUSD of the wallet; at each look at the chain.")
USDC_E = _gauge("pmm_balance_usdc_e_usd", "usd", "USDC.e of the wallet; at each look at the chain.")
GAS = _gauge("pmm_balance_gas_pol", "pol", "POL of who pays the gas; at each look at the chain.")
GAS_MISMATCH = _gauge(
    "pmm_balance_gas_mismatch_pol",
    "pol",
    "POL that came (or, below 0, went) since this process began, beyond the gas of transactions "
    "the wallet command wrote down; at each look at the chain.",
)
LAST_CHECK = Metric(
    name="pmm_balance_last_check_timestamp_seconds",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="timestamp_seconds",
    help="Time of the last comparison of chain and ledger that worked, 0 before.",
)
CHECKS = Metric(
    name="pmm_balance_checks_total",
    kind=Kind.COUNTER,
    source=Source.PROCESS,
    help="Looks, by what came of them: compared, or which side could not be read.",
    labels=(RESULT,),
)
NODE_FAILURES = Metric(
    name="pmm_balance_node_failures_total",
    kind=Kind.COUNTER,
    source=Source.PROCESS,
    help="Questions that a node of the chain did not answer, each node for itself.",
)

METRICS = (
    MISMATCH,
    CHAIN,
    LEDGER,
    IN_FLIGHT,
    PUSD,
    USDC_E,
    GAS,
    GAS_MISMATCH,
    LAST_CHECK,
    CHECKS,
    NODE_FAILURES,
)
