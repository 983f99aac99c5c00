"""What the chain says we own against what the ledger says, from `python -m exporters wallet`."""

from __future__ import annotations

from exporters.catalogue.types import Kind, Label, Metric, Source

ASSET = Label("asset", ("cash", "yes", "no"))

MISMATCH = Metric(
    name="pmm_balance_mismatch_usd",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="usd",
    help="Chain minus settled ledger, tokens at the mid; moves at each look at the chain.",
    labels=(ASSET,),
)
LAST_CHECK = Metric(
    name="pmm_balance_last_check_timestamp_seconds",
    kind=Kind.GAUGE,
    source=Source.PROCESS,
    unit="timestamp_seconds",
    help="Time of the last look at the chain that worked, 0 before.",
)

METRICS = (MISMATCH, LAST_CHECK)
