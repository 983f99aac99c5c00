"""When each alert begins and ends: how long a state must last, and how long it is told afterwards.

Of each alert one stretch in which its expression is true, from one minute to another, both
included; before it is silent for as long as it holds, and after it goes on for as long as it keeps.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from alerting.rules import ALERTS
from exporters.catalogue import balance, feed, health, money, orders, twin
from exporters.catalogue import divergence as div
from tests.stack.alerting.case import DEMO, PROD, Case
from tests.stack.alerting.order_cases import answers

FROM_MIN, UNTIL_MIN = 10, 100
NOW = "0+60x250"
"""A time that is always the present."""


class Stretch(NamedTuple):
    """The expression of an alert is true from one minute until another, with these labels."""

    alert: str
    series: Mapping[str, str]
    fires: Mapping[str, str]
    from_min: int = FROM_MIN
    until_min: int = UNTIL_MIN


def values(good: object, bad: object) -> str:
    """A gauge that is bad from minute 10 to minute 100."""
    return f"{good}x9 {bad}x{UNTIL_MIN - FROM_MIN} {good}x90"


STOPS = f"0+60x10 600x90 {102 * 60}+60x90"
"""A time that stands still at minute 10 and is the present again from minute 102 on."""
BURST = "0x9 5+5x90 455x90"
"""A counter that grows by five a minute, from minute 10 to minute 100."""
FOUR_A_MINUTE = "0x9 4+4x90 364x90"


def up(env: str) -> str:
    """The series of a bot's scrapes."""
    return f'up{{job="bot", env="{env}"}}'


def of(env: str, name: str, **labels: str) -> str:
    """A series of a bot."""
    found = "".join(f', {label}="{value}"' for label, value in labels.items())
    return f'{name}{{env="{env}"{found}}}'


STRETCHES = (
    Stretch(
        "PmmDiverged",
        {f'{div.ACTIVE.name}{{metric="fill_rate", direction="prod_higher"}}': values(0, 1)},
        {"metric": "fill_rate", "direction": "prod_higher"},
    ),
    Stretch(
        "PmmDivergenceDetectorDown",
        {'up{job="divergence"}': values(1, 0), div.LAST_LOOK.name: NOW},
        {},
    ),
    Stretch(
        "PmmDivergenceBlind",
        {up("demo"): "1x250", up("prod"): "1x250", div.COMPARING.name: values(1, 0)},
        {"job": "bot", "env": "prod"},
    ),
    Stretch("PmmBotDown", {up("demo"): values(1, 0)}, DEMO),
    Stretch(
        "PmmBotSilent",
        {up("demo"): "1x250", of("demo", health.LAST_EVENT.name): STOPS},
        DEMO,
        from_min=13,
        until_min=101,
    ),
    Stretch(
        "PmmFeedStale",
        {
            of("demo", feed.LAST_REPORT.name): STOPS,
            of("demo", health.RUN_START.name): "1x250",
            of("demo", health.RUNNING.name): "1x250",
        },
        DEMO,
        from_min=16,
        until_min=101,
    ),
    Stretch(
        "PmmBookNotValid",
        {
            of("demo", feed.BOOK_STATE.name, market="m", outcome="YES", state="stale"): values(
                0, 1
            ),
            of("demo", feed.LAST_REPORT.name): NOW,
            of("demo", health.RUNNING.name): "1x250",
        },
        {"env": "demo", "market": "m", "outcome": "YES"},
    ),
    # Both windows of five minutes end four minutes after their last sample.
    Stretch(
        "PmmKillSwitchTripped",
        {of("prod", health.KILL_SWITCH.name): values(0, 1)},
        PROD,
        until_min=UNTIL_MIN + 4,
    ),
    Stretch("PmmDrawdown", {of("demo", money.DRAWDOWN.name, market="m"): values(0, 3)}, DEMO),
    Stretch(
        "PmmBalanceMismatch",
        {of("prod", balance.MISMATCH.name, asset="yes"): values(0, 1)},
        {"env": "prod", "asset": "yes"},
    ),
    Stretch(
        "PmmBalanceUnchecked",
        {of("prod", balance.LAST_CHECK.name): STOPS},
        PROD,
        from_min=26,
        until_min=101,
    ),
    Stretch("PmmGasUnexplained", {of("prod", balance.GAS_MISMATCH.name): values(0, -1)}, PROD),
    Stretch(
        "PmmRejectionSpike",
        {
            of("prod", orders.REJECTED.name, reason="balance"): BURST,
            of("prod", orders.SUBMITTED.name, side="bid"): BURST,
        },
        PROD,
        from_min=10,
        until_min=112,
    ),
    # Windows of fifteen minutes over counters that grow by four a minute.
    Stretch(
        "PmmLatencyHigh",
        answers("0x250", FOUR_A_MINUTE, FOUR_A_MINUTE),
        PROD,
        from_min=14,
        until_min=109,
    ),
    Stretch(
        "PmmAnswersBeyondScale",
        answers("0x250", "0x9 3+3x90 273x90", FOUR_A_MINUTE),
        PROD,
        from_min=14,
        until_min=109,
    ),
    Stretch("PmmShipperLag", {of("prod", health.SHIPPER_LAG.name): values(0, 700)}, PROD),
    Stretch("PmmJournalBroken", {of("prod", health.JOURNAL_HEALTHY.name): values(1, 0)}, PROD),
    Stretch("PmmTwinSilent", {of("prod", twin.UP.name): values(1, 0)}, PROD),
    Stretch(
        "PmmCalibrationOld",
        {of("demo", health.CALIBRATION_END.name): values(-500_000, -700_000)},
        DEMO,
    ),
    Stretch(
        "PmmTargetDown",
        {'up{job="alertmanager", instance="a"}': values(1, 0)},
        {"job": "alertmanager", "instance": "a"},
    ),
    Stretch(
        "PmmRuleFailures",
        {'prometheus_rule_evaluation_failures_total{rule_group="g"}': BURST},
        {"rule_group": "g"},
        until_min=113,
    ),
    Stretch(
        "PmmNotificationsFailed",
        {'alertmanager_notifications_failed_total{integration="discord"}': BURST},
        {"integration": "discord"},
        until_min=113,
    ),
)


def cases() -> Iterator[Case]:
    """Of each stretch: silent while it holds, then firing, firing while it keeps, then silent."""
    for alert, series, fires, from_min, until_min in STRETCHES:
        hold, keep = minutes(ALERTS[alert].hold), minutes(ALERTS[alert].keep)
        if hold:
            yield Case(alert, "waits for as long as it holds", series, from_min + hold - 1)
        yield Case(alert, "begins when it has held", series, from_min + hold, [fires])
        yield Case(alert, "is told for as long as it keeps", series, until_min + keep, [fires])
        yield Case(alert, "ends when it has kept", series, until_min + keep + 2)


def minutes(duration: str) -> int:
    """A duration of a rule in minutes."""
    number, unit = re.fullmatch(r"([0-9]+)([smh])", duration).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 0, "m": 1, "h": 60}[unit]


EDGES = tuple(cases())
