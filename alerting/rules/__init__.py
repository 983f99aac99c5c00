"""Every rule there is, in groups; each group becomes one file."""

from alerting.rule import Alert
from alerting.rules import divergence, exchange, liveness, money, pipeline, recording, trading

GROUPS = (
    recording.GROUP,
    divergence.GROUP,
    liveness.GROUP,
    money.GROUP,
    trading.GROUP,
    exchange.GROUP,
    pipeline.GROUP,
)

ALERTS: dict[str, Alert] = {
    rule.name: rule for group in GROUPS for rule in group.rules if isinstance(rule, Alert)
}
"""Every alert by its name."""

__all__ = ["ALERTS", "GROUPS"]
