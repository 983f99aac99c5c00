"""What each alert must and must not do, as series over time; `promtool` plays them.

Times are minutes; a series is written as promtool does: `0+1x9` is ten values, one a minute.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alerting.rules import ALERTS
from alerting.yaml import Value
from exporters.catalogue import balance, feed, health, money, orders
from exporters.catalogue import divergence as div


class Case(NamedTuple):
    """One alert, what is claimed, the series, when to look, and the labels that then fire."""

    alert: str
    claim: str
    series: Mapping[str, str]
    at_min: int
    fires: Sequence[Mapping[str, str]] = ()


DEMO_UP = {'up{job="bot", env="demo"}': "1x600"}
PROD_UP = {'up{job="bot", env="prod"}': "1x600"}
DETECTOR_UP = {'up{job="divergence"}': "1x600"}
FILL_RATE = {"metric": "fill_rate", "direction": "prod_higher"}
BOOK = "env='demo', market='m', outcome='YES'"
DEMO, PROD = {"env": "demo"}, {"env": "prod"}


def active(values: str) -> dict[str, str]:
    """The detector's verdict over time."""
    return {f'{div.ACTIVE.name}{{metric="fill_rate", direction="prod_higher"}}': values}


def beats(env: str, last: int) -> dict[str, str]:
    """A heartbeat each minute that stops after `last` minutes; the gauge then stays."""
    return {f'{health.LAST_EVENT.name}{{env="{env}"}}': f"0+60x{last} {last * 60}x60"}


DIVERGENCE = (
    Case("PmmDiverged", "fires at once", active("0x4 1x9"), 6, [FILL_RATE]),
    Case("PmmDiverged", "is silent while both agree", active("0x60"), 30),
    Case(
        "PmmDiverged",
        "outlives a restart of the detector without a false all-clear",
        active("1x5 _x8 1x30"),
        12,
        [FILL_RATE],
    ),
    Case("PmmDiverged", "ends when the detector says so", active("1x5 0x60"), 40),
    Case("PmmDivergenceDetectorDown", "fires without a target", {}, 6, [{}]),
    Case(
        "PmmDivergenceDetectorDown",
        "fires when the target is down",
        {'up{job="divergence"}': "0x20"},
        7,
        [{}],
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "fires when it no longer looks",
        DETECTOR_UP | {div.LAST_LOOK.name: "0+60x10 600x60"},
        25,
        [{}],
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "is silent while it looks",
        DETECTOR_UP | {div.LAST_LOOK.name: "0+60x60"},
        30,
    ),
    Case(
        "PmmDivergenceDetectorDown",
        "is silent over a short restart",
        {'up{job="divergence"}': "1x5 0x2 1x60", div.LAST_LOOK.name: "0+60x60"},
        8,
    ),
    Case(
        "PmmDivergenceBlind",
        "fires when both are up and nothing is compared",
        DEMO_UP | PROD_UP | {div.COMPARING.name: "0x60"},
        20,
        [{"job": "bot", "env": "prod"}],
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent while it compares",
        DEMO_UP | PROD_UP | {div.COMPARING.name: "1x60"},
        20,
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent without a production",
        DEMO_UP | {div.COMPARING.name: "0x60"},
        20,
    ),
    Case(
        "PmmDivergenceBlind",
        "is silent when demo is dead, which has its own alert",
        PROD_UP | {'up{job="bot", env="demo"}': "0x60", div.COMPARING.name: "0x60"},
        20,
    ),
)
LIVENESS = (
    Case("PmmBotDown", "is silent while both are up", DEMO_UP | PROD_UP, 30),
    Case(
        "PmmBotDown",
        "fires for production",
        DEMO_UP | {'up{job="bot", env="prod"}': "1x9 0x60"},
        13,
        [PROD],
    ),
    Case(
        "PmmBotDown",
        "fires for demo",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 0x60"},
        13,
        [DEMO],
    ),
    Case(
        "PmmBotDown",
        "fires when production's target vanishes, hours later too",
        DEMO_UP | {'up{job="bot", env="prod"}': "1x9 stale"},
        300,
        [PROD],
    ),
    Case(
        "PmmBotDown",
        "fires when demo's target vanishes",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 stale"},
        13,
        [{"env": "demo", "job": "bot"}, DEMO],
    ),
    Case(
        "PmmBotDown",
        "fires when demo never came, and does not miss a production that never was",
        {},
        5,
        [{"env": "demo", "job": "bot"}],
    ),
    Case(
        "PmmBotDown",
        "is silent over a restart of half a minute",
        PROD_UP | {'up{job="bot", env="demo"}': "1x9 0 1x60"},
        11,
    ),
    Case("PmmBotSilent", "fires for demo", DEMO_UP | beats("demo", 5), 10, [DEMO]),
    Case("PmmBotSilent", "fires for production", PROD_UP | beats("prod", 5), 10, [PROD]),
    Case("PmmBotSilent", "is silent while it beats", DEMO_UP | beats("demo", 60), 30),
    Case(
        "PmmBotSilent",
        "leaves the dead to the other alert",
        {'up{job="bot", env="demo"}': "0x60"} | beats("demo", 5),
        10,
    ),
    Case(
        "PmmFeedStale",
        "fires when reports stop",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0+60x10 600x60",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
        [DEMO],
    ),
    Case(
        "PmmFeedStale",
        "is silent while they come",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0+60x80",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
    ),
    Case(
        "PmmFeedStale",
        "gives a restarted bot its time",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0x80",
            f'{health.RUN_START.name}{{env="demo"}}': "960x80",
            f'{health.RUNNING.name}{{env="demo"}}': "1x80",
        },
        20,
    ),
    Case(
        "PmmFeedStale",
        "is silent for a bot that stopped in order",
        {
            f'{feed.LAST_REPORT.name}{{env="demo"}}': "0x80",
            f'{health.RUN_START.name}{{env="demo"}}': "1x80",
            f'{health.RUNNING.name}{{env="demo"}}': "0x80",
        },
        20,
    ),
    *(
        Case(
            "PmmBookNotValid",
            claim,
            {
                f"{feed.BOOK_STATE.name}{{{BOOK}, state='stale'}}": s,
                f'{feed.LAST_REPORT.name}{{env="demo"}}': report,
                f'{health.RUNNING.name}{{env="demo"}}': running,
            },
            30,
            fires,
        )
        for claim, s, report, running, fires in (
            (
                "fires for one book",
                "1x60",
                "0+60x60",
                "1x60",
                [{"env": "demo", "market": "m", "outcome": "YES"}],
            ),
            ("is silent for a valid one", "0x60", "0+60x60", "1x60", []),
            ("is silent when it was stale for a moment", "0x25 1x2 0x60", "0+60x60", "1x60", []),
            ("leaves a dead feed to its own alert", "1x60", "0x60", "1x60", []),
            ("is silent for a stopped bot", "1x60", "0+60x60", "0x60", []),
        )
    ),
)


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
    Case("PmmBalanceMismatch", "fires when the chain has more", {MISMATCH: "1x60"}, 20, [CASH]),
    Case("PmmBalanceMismatch", "fires when the chain has less", {MISMATCH: "-1x60"}, 20, [CASH]),
    Case("PmmBalanceMismatch", "is silent at cents", {MISMATCH: "0.1x60"}, 20),
    Case("PmmBalanceMismatch", "lets a settlement take minutes", {MISMATCH: "1x5 0x60"}, 20),
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
CASES = (*DIVERGENCE, *LIVENESS, *TRADING, *MONEY, *PIPELINE)
FIRES_WITHOUT_DATA = frozenset({"PmmBotDown", "PmmDivergenceDetectorDown", "PmmWatchdog"})


def as_test(case: Case, severity: str) -> dict[str, Value]:
    """The case as promtool reads it."""
    fixed = {"alertname": case.alert, "alertstate": "firing", "severity": severity}
    fired: list[Value] = [
        {"labels": f"ALERTS{{{_labels({**fixed, **labels})}}}", "value": 1} for labels in case.fires
    ]
    return {
        "interval": "1m",
        "name": f"{case.alert} {case.claim}",
        "input_series": [{"series": name, "values": v} for name, v in case.series.items()],
        "promql_expr_test": [
            {
                "expr": f'ALERTS{{alertname="{case.alert}", alertstate="firing"}}',
                "eval_time": f"{case.at_min}m",
                "exp_samples": fired,
            }
        ],
    }


def _labels(labels: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{value}"' for name, value in labels.items())


SEVERITY = {name: str(alert.severity) for name, alert in ALERTS.items()}
"""Of each alert."""
