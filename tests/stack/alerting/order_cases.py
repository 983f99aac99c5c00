"""What the alerts on orders, money and the pipeline must and must not do; as in bot_cases.py."""

from exporters.catalogue import balance, health, money, orders, twin
from tests.stack.alerting.case import DEMO, PROD, Case


def rejections(refused: str, submitted: str) -> dict[str, str]:
    """Refusals and orders of production."""
    return {
        f'{orders.REJECTED.name}{{env="prod", reason="balance"}}': refused,
        f'{orders.SUBMITTED.name}{{env="prod", side="bid"}}': submitted,
    }


def answers(within_1s: str, within_30s: str, every: str) -> dict[str, str]:
    """Accepted answers by running count of buckets."""
    name = orders.ANSWER_SECONDS.name
    labels = 'env="prod", result="accepted"'
    return {
        f'{name}_bucket{{{labels}, le="1.0"}}': within_1s,
        f'{name}_bucket{{{labels}, le="30.0"}}': within_30s,
        f'{name}_bucket{{{labels}, le="+Inf"}}': every,
        f"{name}_count{{{labels}}}": every,
    }


TRADING = (
    Case("PmmRejectionSpike", "fires at half", rejections("0+1x60", "0+2x60"), 30, [PROD]),
    Case("PmmRejectionSpike", "is silent at a twentieth", rejections("0+1x60", "0+20x60"), 30),
    Case("PmmRejectionSpike", "needs five refusals", rejections("0x20 1 2 2x40", "0+0x60"), 26),
    Case(
        "PmmRejectionSpike",
        "is not fooled by a restart that sets counters back",
        rejections("1000+0x20 0+0x40", "9000+10x20 0+10x40"),
        30,
    ),
    Case("PmmLatencyHigh", "fires at seconds", answers("0x60", "0+4x60", "0+4x60"), 40, [PROD]),
    Case("PmmLatencyHigh", "is silent at less", answers("0+4x60", "0+4x60", "0+4x60"), 40),
    Case("PmmLatencyHigh", "needs answers", answers("0x60", "0+0.5x60", "0+0.5x60"), 40),
    Case(
        "PmmAnswersBeyondScale",
        "fires when answers are off the scale",
        answers("0+3x60", "0+3x60", "0+4x60"),
        40,
        [PROD],
    ),
    Case("PmmAnswersBeyondScale", "is silent on it", answers("0x60", "0+4x60", "0+4x60"), 40),
    Case("PmmAnswersBeyondScale", "needs answers", answers("0x60", "0x60", "0+0.5x60"), 40),
)
MISMATCH = f'{balance.MISMATCH.name}{{env="prod", asset="cash"}}'
GAS = f'{balance.GAS_MISMATCH.name}{{env="prod"}}'
CASH = {"env": "prod", "asset": "cash"}
MONEY = (
    Case(
        "PmmKillSwitchTripped",
        "fires for each bot",
        {f'{health.KILL_SWITCH.name}{{env="prod"}}': "0x5 1x60"},
        8,
        [PROD],
    ),
    Case(
        "PmmKillSwitchTripped",
        "is silent while armed",
        {f'{health.KILL_SWITCH.name}{{env="prod"}}': "0x60"},
        8,
    ),
    Case(
        "PmmKillSwitchTripped",
        "survives a missed scrape and the bot's exit",
        {f'{health.KILL_SWITCH.name}{{env="prod"}}': "0x5 1x3 stale"},
        13,
        [PROD],
    ),
    *(
        Case(
            "PmmDrawdown",
            claim,
            {
                f'{money.DRAWDOWN.name}{{env="demo", market="a"}}': a,
                f'{money.DRAWDOWN.name}{{env="demo", market="b"}}': b,
            },
            10,
            fires,
        )
        for claim, a, b, fires in (
            ("adds markets up", "1.5x60", "1.5x60", [DEMO]),
            ("is silent at two dollars", "1x60", "1x60", []),
            ("starts afresh with the run", "0x60", "0x60", []),
        )
    ),
    Case(
        "PmmDrawdown",
        "leaves the twin out, whose money is nobody's",
        {f'{money.DRAWDOWN.name}{{env="twin", market="a"}}': "3x60"},
        10,
    ),
    Case("PmmBalanceMismatch", "fires when the chain has more", {MISMATCH: "1x60"}, 20, [CASH]),
    Case("PmmBalanceMismatch", "fires when the chain has less", {MISMATCH: "-1x60"}, 20, [CASH]),
    Case("PmmBalanceMismatch", "is silent at cents", {MISMATCH: "0.1x60"}, 20),
    Case("PmmBalanceMismatch", "lets a settlement take minutes", {MISMATCH: "1x5 0x60"}, 20),
    Case(
        "PmmBalanceMismatch",
        "outlives a restart of the exporter, which knows nothing at first",
        {MISMATCH: "1x20 _x2 NaN NaN 1x60"},
        25,
        [CASH],
    ),
    Case(
        "PmmBalanceMismatch",
        "is silent while nothing is known",
        {MISMATCH: "NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN"},
        15,
    ),
    Case("PmmGasUnexplained", "fires when POL goes", {GAS: "0x5 -0.5x60"}, 20, [PROD]),
    Case("PmmGasUnexplained", "is silent when POL comes", {GAS: "0x5 0.5x60"}, 20),
    Case("PmmGasUnexplained", "lets a transaction be written down", {GAS: "0x5 -1x3 0x60"}, 12),
    Case(
        "PmmBalanceUnchecked",
        "fires when production runs and nobody looks",
        {'up{job="bot", env="prod"}': "1x60"},
        20,
        [PROD],
    ),
    Case(
        "PmmBalanceUnchecked",
        "expects nobody to look while production is down",
        {'up{job="bot", env="prod"}': "0x60"},
        20,
    ),
    Case(
        "PmmBalanceUnchecked",
        "expects nobody to look at paper",
        {'up{job="bot", env="demo"}': "1x60"},
        20,
    ),
    Case(
        "PmmBalanceUnchecked",
        "fires when the exporter dies",
        {
            'up{job="bot", env="prod"}': "1x60",
            f'{balance.LAST_CHECK.name}{{env="prod"}}': "0+60x10 stale",
        },
        20,
        [PROD],
    ),
    Case(
        "PmmBalanceUnchecked",
        "gives a restarted exporter its first looks",
        {f'{balance.LAST_CHECK.name}{{env="prod"}}': "0+60x30 0x2 2040+60x60"},
        34,
    ),
    Case(
        "PmmBalanceUnchecked",
        "fires when no look ever worked",
        {f'{balance.LAST_CHECK.name}{{env="prod"}}': "0x60"},
        30,
        [PROD],
    ),
    Case(
        "PmmBalanceUnchecked",
        "fires when the looks stop",
        {f'{balance.LAST_CHECK.name}{{env="prod"}}': "0+60x10 600x90"},
        60,
        [PROD],
    ),
    Case(
        "PmmBalanceUnchecked",
        "is silent while it looks",
        {f'{balance.LAST_CHECK.name}{{env="prod"}}': "0+60x90"},
        60,
    ),
)


def gauge(metric: str, alert: str, bad: str, good: str, at_min: int) -> tuple[Case, Case]:
    """The two plain cases of an alert on one gauge of production."""
    series = f'{metric}{{env="prod"}}'
    return (
        Case(alert, "fires", {series: bad}, at_min, [PROD]),
        Case(alert, "is silent", {series: good}, at_min),
    )


RULES = 'prometheus_rule_evaluation_failures_total{rule_group="g"}'
FAILED = 'alertmanager_notifications_failed_total{integration="discord"}'
DROPPED = 'prometheus_notifications_dropped_total{job="prometheus"}'
PIPELINE = (
    *gauge(health.SHIPPER_LAG.name, "PmmShipperLag", "700x60", "500x60", 20),
    Case(
        "PmmShipperLag",
        "is silent over a short outage",
        {f'{health.SHIPPER_LAG.name}{{env="prod"}}': "0x5 700x3 0x60"},
        9,
    ),
    *gauge(health.JOURNAL_HEALTHY.name, "PmmJournalBroken", "0x60", "1x60", 20),
    *gauge(twin.UP.name, "PmmTwinSilent", "1x5 0x60", "1x60", 20),
    Case(
        "PmmTwinSilent",
        "is silent while a bot starts",
        {f'{twin.UP.name}{{env="prod"}}': "0x3 1x60"},
        4,
    ),
    # Time begins at 0, so a window that ended a week ago has a negative end.
    *(
        Case(
            "PmmCalibrationOld",
            claim,
            {f'{health.CALIBRATION_END.name}{{env="demo"}}': values},
            100,
            fires,
        )
        for claim, values, fires in (
            ("fires after a week", "-604800x120", [DEMO]),
            ("is silent within it", "-500000x120", []),
        )
    ),
    Case(
        "PmmTargetDown",
        "fires for the rest of the stack",
        {'up{job="alertmanager", instance="a"}': "0x60"},
        20,
        [{"job": "alertmanager", "instance": "a"}],
    ),
    Case(
        "PmmTargetDown", "is silent when up", {'up{job="alertmanager", instance="a"}': "1x60"}, 20
    ),
    Case(
        "PmmTargetDown",
        "leaves bots and detector to their own alerts",
        {'up{job="bot", env="demo"}': "0x60", 'up{job="divergence"}': "0x60"},
        20,
    ),
    Case("PmmRuleFailures", "fires", {RULES: "0x5 1x60"}, 10, [{"rule_group": "g"}]),
    Case("PmmRuleFailures", "is silent", {RULES: "5x60"}, 10),
    Case("PmmNotificationsFailed", "fires", {FAILED: "0x5 1x60"}, 10, [{"integration": "discord"}]),
    Case(
        "PmmNotificationsFailed", "sees drops", {DROPPED: "0x5 1x60"}, 10, [{"job": "prometheus"}]
    ),
    Case("PmmNotificationsFailed", "is silent", {FAILED: "5x60", DROPPED: "5x60"}, 10),
    Case("PmmWatchdog", "always fires", {}, 1, [{}]),
)
