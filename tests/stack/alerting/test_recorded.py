"""What is recorded has the right value: of each bot, and of the pair that the panels compare."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest

from alerting.rule import Group, Recording
from alerting.rules import recording
from alerting.rules.recording import GROUP
from alerting.yaml import Value, dump
from exporters.catalogue import health, money, orders, quoting
from tests.stack.alerting.mutations import expressions

Tool = Callable[[str], str]
Series = dict[str, str]
AT_MIN = 480
"""Counters have grown evenly for eight hours then, so six of them are six hours' worth."""
BUSY = {
    "samples": 12.0,
    "submitted": 4.0,
    "accepted": 3.0,
    "filled": 1.0,
    "fills": 2.0,
    "rejected": 1.0,
}
QUIET = {
    "samples": 12.0,
    "submitted": 4.0,
    "accepted": 3.0,
    "filled": 0.5,
    "fills": 0.5,
    "rejected": 0.25,
}
EVERY = "8h"
"""Evaluated only where looked at: the tests take seconds then."""
PAIRS = [rule.name for rule in GROUP.rules if rule.name.startswith("pair:")]


def growing(a_minute: float, start: float = 0.0) -> str:
    """A counter, or a gauge, that moves evenly."""
    return f"{start}{a_minute:+}x600"


def bot(
    env: str,
    rates: Mapping[str, float],
    *,
    bucket: tuple[str, str] = ("0.2", "0.25"),
    spread: float = 1 / 32,
    cents: tuple[float, float] = (1.0, 0.5),
    usd: float = 1 / 128,
) -> Series:
    """A bot: events a minute, the bucket of its answers, its spread, loss and gain, dollars."""
    answers = f'{orders.ANSWER_SECONDS.name}_bucket{{env="{env}", result="accepted"'
    ours = f'{{env="{env}", market="m", whose="ours"}}'
    after = f'env="{env}", market="m", horizon="60s"'
    loss, gain = cents
    return {
        f'{orders.SUBMITTED.name}{{env="{env}", side="bid"}}': growing(rates["submitted"]),
        f'{orders.ACCEPTED.name}{{env="{env}", side="bid"}}': growing(rates["accepted"]),
        f'{orders.FILLED.name}{{env="{env}", side="bid"}}': growing(rates["filled"]),
        f'{orders.FILLS.name}{{env="{env}", side="bid"}}': growing(rates["fills"]),
        f'{orders.REJECTED.name}{{env="{env}", reason="balance"}}': growing(rates["rejected"]),
        f'{answers}, le="{bucket[0]}"}}': growing(0),
        f'{answers}, le="{bucket[1]}"}}': growing(3),
        f'{answers}, le="+Inf"}}': growing(3),
        f"{quoting.SPREAD.name}_sum{ours}": growing(rates["samples"] * spread),
        f"{quoting.SPREAD.name}_count{ours}": growing(rates["samples"]),
        f'{money.MARKOUT_CENTS.name}{{{after}, sign="loss"}}': growing(loss),
        f'{money.MARKOUT_CENTS.name}{{{after}, sign="gain"}}': growing(gain),
        f"{money.MARKOUTS.name}{{{after}}}": growing(1),
        f'{money.EQUITY.name}{{env="{env}", market="m"}}': growing(usd),
        f'{health.RUN_START.name}{{env="{env}"}}': "0x600",
    }


def busy(env: str) -> Series:
    """The side with more of everything."""
    return bot(env, BUSY, bucket=("0.5", "0.65"), spread=1 / 16, cents=(3.0, 1.0), usd=-1 / 64)


def quiet(env: str) -> Series:
    """The other one."""
    return bot(env, QUIET)


EXPECTED = {
    "env:pmm_fill_rate:ratio6h": (360.5 / 1081, 180.5 / 1081),
    "env:pmm_fills_per_hour:mean6h": (720.5 / 6, 180.5 / 6),
    "env:pmm_rejection_rate:ratio6h": (360.5 / 1441, 90.5 / 1441),
    "env:pmm_order_answer_seconds:p50_6h": (0.575, 0.225),
    "env:pmm_order_answer_seconds:p95_15m": (0.6425, 0.2475),
    "env:pmm_spread_usd:mean6h": (1 / 16, 1 / 32),
    "env:pmm_markout_cents:mean6h": (2.0, 0.5),
    "env:pmm_pnl_usd_per_hour:mean6h": (-60 / 64, 60 / 128),
}
"""Of each bot: the busy side, the quiet one."""
FOLDS = {
    "pair:pmm_fill_rate:fold_ratio6h": 360.5 / 180.5,
    "pair:pmm_fills_per_hour:fold_mean6h": 720.5 / 180.5,
    "pair:pmm_rejection_rate:fold_ratio6h": 360.5 / 90.5,
    "pair:pmm_order_answer_seconds:fold_p50_6h": 0.575 / 0.225,
    "pair:pmm_spread_usd:fold_mean6h": 2.0,
    "pair:pmm_markout_cents:relative_mean6h": 0.75,
    "pair:pmm_pnl_usd_per_hour:relative_mean6h": 1.5,
}
"""Between them: the higher over the lower, or the difference over the larger."""


def wrong(
    tool: Tool,
    folder: Path,
    series: Series,
    expected: Mapping[str, Mapping[str, float]],
    group: Group = GROUP,
) -> str:
    """What promtool finds wrong; `expected` is the value by environment of each recorded name."""
    seldom = msgspec.structs.replace(group, interval=EVERY)
    (folder / "rules.yml").write_text(dump({"groups": [seldom.as_yaml()]}))
    test: dict[str, Value] = {
        "interval": "1m",
        "input_series": [{"series": name, "values": text} for name, text in series.items()],
        "promql_expr_test": [
            {
                "expr": name,
                "eval_time": f"{AT_MIN}m",
                "exp_samples": [
                    {"labels": f'{name}{{env="{env}"}}', "value": value}
                    for env, value in values.items()
                ],
            }
            for name, values in expected.items()
        ],
    }
    (folder / "tests.yml").write_text(
        dump(
            {
                "rule_files": [str(folder / "rules.yml")],
                "evaluation_interval": EVERY,
                "fuzzy_compare": True,
                "tests": [test],
            }
        )
    )
    command = [tool("promtool"), "test", "rules", str(folder / "tests.yml")]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_every_pair_has_its_values_here() -> None:
    """A new one must be written down."""
    assert set(FOLDS) == set(PAIRS)


@pytest.mark.parametrize("right", ["prod", "rehearsal"])
@pytest.mark.parametrize("is_demo_busy", [False, True], ids=["demo quiet", "demo busy"])
def test_values_are_right_whoever_has_more(
    tool: Tool, tmp_path: Path, right: str, *, is_demo_busy: bool
) -> None:
    """The pair is labelled with whom DEMO is compared with, and is the same both ways round."""
    one, other = ("demo", right) if is_demo_busy else (right, "demo")
    expected: dict[str, dict[str, float]] = {
        name: {one: more, other: less} for name, (more, less) in EXPECTED.items()
    }
    expected |= {name: {right: value} for name, value in FOLDS.items()}
    assert "" == wrong(tool, tmp_path, busy(one) | quiet(other), expected)


@pytest.mark.parametrize("env", ["demo", "prod"])
def test_one_bot_alone_makes_no_pair(tool: Tool, tmp_path: Path, env: str) -> None:
    """Not even against itself."""
    assert "" == wrong(tool, tmp_path, busy(env), {name: {} for name in PAIRS})


RARE = dict.fromkeys(BUSY, 10 / 128)
"""28 in six hours. Steps are in powers of two, so that sums of them are exact."""
COUNTED = [name for name in PAIRS if ":fold_" in name]


@pytest.mark.parametrize("rare", ["demo", "prod"])
def test_a_side_with_28_events_makes_no_fold(tool: Tool, tmp_path: Path, rare: str) -> None:
    """Chance alone makes a ratio of two of so few."""
    other = "prod" if rare == "demo" else "demo"
    series = bot(rare, RARE) | busy(other)
    assert "" == wrong(tool, tmp_path, series, {name: {} for name in COUNTED})


def test_thirty_events_do(tool: Tool, tmp_path: Path) -> None:
    """And refusals that never came are no infinity."""
    enough = dict.fromkeys(BUSY, 11 / 128) | {"rejected": 0.0}
    series = bot("demo", enough) | bot("prod", enough | {"rejected": 11 / 128})
    expected = {"pair:pmm_rejection_rate:fold_ratio6h": {"prod": (360 * 11 / 128 + 0.5) / 0.5}}
    assert "" == wrong(tool, tmp_path, series, expected)


@pytest.mark.parametrize(
    ("demo", "prod", "cents", "usd"),
    [
        ((0.125, 0.0, 1 / 1024), (0.0, 0.0, 0.0), 0.625, 60 / 1024 / 0.25),
        ((1.0, 0.0, 1 / 64), (0.0, 1.0, -1 / 64), 2.0, 2.0),
        ((1.0, 0.0, 1 / 64), (1.0, 0.0, 1 / 64), 0.0, 0.0),
    ],
    ids=["below the floor", "of opposite signs", "equal"],
)
def test_signed_quantities_have_a_floor_and_know_signs(
    tool: Tool,
    tmp_path: Path,
    demo: tuple[float, float, float],
    prod: tuple[float, float, float],
    cents: float,
    usd: float,
) -> None:
    """An eighth of a cent against nothing is no news; a gain against a loss is."""
    series = bot("demo", QUIET, cents=demo[:2], usd=demo[2])
    series |= bot("prod", QUIET, cents=prod[:2], usd=prod[2])
    expected = {
        "pair:pmm_markout_cents:relative_mean6h": {"prod": cents},
        "pair:pmm_pnl_usd_per_hour:relative_mean6h": {"prod": usd},
    }
    assert "" == wrong(tool, tmp_path, series, expected)


def test_a_young_run_has_no_profit_an_hour(tool: Tool, tmp_path: Path) -> None:
    """Its first hours would count as six."""
    start_s = (AT_MIN - 359) * 60
    series = busy("prod") | {f'{health.RUN_START.name}{{env="prod"}}': f"{start_s}x600"}
    assert "" == wrong(tool, tmp_path, series, {recording.PNL: {}})


@pytest.mark.parametrize("name", PAIRS)
def test_a_broken_pair_is_noticed(tool: Tool, tmp_path: Path, name: str) -> None:
    """Every mutation of a side, a gate or an inversion gives another value somewhere."""
    [rule] = [each for each in GROUP.rules if each.name == name]
    assert isinstance(rule, Recording)
    worlds: list[tuple[Series, dict[str, Mapping[str, float]]]] = [
        (busy("prod") | quiet("demo"), {name: {"prod": FOLDS[name]}}),
        (busy("demo") | quiet("prod"), {name: {"prod": FOLDS[name]}}),
        (busy("rehearsal") | quiet("demo"), {name: {"rehearsal": FOLDS[name]}}),
    ]
    if name in COUNTED:
        worlds += [
            (bot(rare, RARE) | busy(other), {name: {}})
            for rare, other in (("demo", "prod"), ("prod", "demo"))
        ]
    survivors = []
    for what, expr in expressions(rule.expr):
        rules = tuple(Recording(name, expr) if each is rule else each for each in GROUP.rules)
        group = msgspec.structs.replace(GROUP, rules=rules)
        if not any(wrong(tool, tmp_path, *world, group) for world in worlds):
            survivors.append(what)
    assert [] == survivors
