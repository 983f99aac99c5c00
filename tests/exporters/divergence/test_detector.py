"""The detector as a whole: quiet weeks stay quiet, a true 3x is found, restarts do no harm."""

import msgspec
import numpy as np
import pytest

from benchmarks.divergence import CLUSTERED, LIKE, Divergence, Weeks, delays_h, false_alarms
from benchmarks.divergence_bots import Bot
from exporters.catalogue import divergence as metrics
from exporters.divergence.detector import GAP_NS_MAX, Detector, Look, is_alive
from exporters.divergence.totals import Totals, read_totals
from tests.exporters.divergence import bots

MINUTE_NS = 60 * 10**9
START_NS = 1_000_000 * 10**9


class Pair:
    """Two bots that trade every minute and a detector that looks at them."""

    def __init__(self) -> None:
        self.demo = bots.Bot()
        self.prod = bots.Bot()
        self.detector = Detector()
        self.now_ns = START_NS

    def minutes(self, count: int, demo: int, prod: int) -> int:
        """Let so many minutes pass with so many fills a minute; return the alarms."""
        return sum(len(self._minute(demo, prod)) for _ in range(count))

    def _minute(self, demo: int, prod: int) -> list[object]:
        self.now_ns += MINUTE_NS
        self.demo.trade(self.now_ns / 1e9, demo)
        self.prod.trade(self.now_ns / 1e9, prod)
        return list(self.look(self.totals(self.demo), self.totals(self.prod)))

    def look(self, demo: Totals | None, prod: Totals | None) -> dict[str, object]:
        """Look now."""
        return dict(self.detector.look(Look(self.now_ns, demo, prod)))

    def totals(self, bot: bots.Bot) -> Totals:
        """What a bot shows now."""
        return read_totals(bot.text())

    @property
    def evidence(self) -> float:
        """That production fills more an hour."""
        return self.detector.fills_per_hour.prod_higher.cusum.evidence


@pytest.mark.parametrize(
    "case",
    [
        Weeks(demo=LIKE, prod=LIKE),
        Weeks(demo=CLUSTERED, prod=CLUSTERED, restarts=True),
        Weeks(demo=LIKE, prod=Bot(fills_drift=1.5)),
    ],
    ids=["independent", "clustered, with restarts", "slow drift to 1.5x"],
)
def test_without_a_divergence_there_is_less_than_one_alarm_a_week(case: Weeks) -> None:
    """Over all quantities together; benchmarks/divergence.py looks at 400 weeks."""
    assert sum(false_alarms(2, case, seed=1).values()) < 2


@pytest.mark.parametrize(
    ("prod", "metric"),
    [
        (Bot(fills_per_hour=54.0), metrics.FILLS_PER_HOUR),
        (Bot(latency_median_s=0.75), metrics.LATENCY),
        (Bot(spread_usd=0.06), metrics.SPREAD),
    ],
)
def test_a_true_three_is_found_in_time(prod: Bot, metric: str) -> None:
    """Half within 2 h, nine in ten within 4 h, at 18 fills an hour."""
    case = Divergence(metric=metric, demo=LIKE, prod=prod)
    delays = delays_h(15, case, seed=7, quiet_h=6, within_h=12)
    assert np.median(delays) <= 2.0
    assert np.quantile(delays, 0.9, method="higher") <= 4.0


def test_real_text_leads_to_an_alarm() -> None:
    """Two bots' own expositions, three times the fills on one side."""
    pair = Pair()
    assert 0 == pair.minutes(50, 1, 1)
    assert pair.minutes(30, 1, 4) > 0


def test_a_restart_of_a_bot_is_no_evidence() -> None:
    """Its counters begin at 0 again: that minute is left out, the evidence stays."""
    pair = Pair()
    pair.minutes(50, 0, 1)
    evidence = pair.evidence
    assert evidence > 0.0
    pair.prod = bots.Bot(start_s=pair.now_ns / 1e9)
    pair.minutes(1, 100, 1)
    assert evidence == pair.evidence


def test_a_bot_that_does_not_answer_is_no_evidence() -> None:
    """Nor are the fills that the other had meanwhile."""
    pair = Pair()
    pair.minutes(50, 0, 1)
    evidence = pair.evidence
    for _ in range(3):
        pair.now_ns += MINUTE_NS
        pair.demo.trade(pair.now_ns / 1e9, 50)
        assert {} == pair.look(pair.totals(pair.demo), None)
    pair.minutes(1, 50, 0)
    assert evidence == pair.evidence


def test_a_bot_without_events_is_not_alive() -> None:
    """It answers with the counts of the past, and the other's fills prove nothing against it."""
    pair = Pair()
    pair.minutes(50, 0, 1)
    evidence = pair.evidence
    for _ in range(3):
        pair.now_ns += MINUTE_NS
        pair.demo.trade(pair.now_ns / 1e9, 50)
        pair.look(pair.totals(pair.demo), pair.totals(pair.prod))
    fell = evidence - pair.evidence
    assert not is_alive(pair.totals(pair.prod), pair.now_ns)
    pair.now_ns += MINUTE_NS
    pair.demo.trade(pair.now_ns / 1e9, 50)
    pair.look(pair.totals(pair.demo), pair.totals(pair.prod))
    assert fell == evidence - pair.evidence


def test_a_restart_of_the_detector_changes_nothing() -> None:
    """Written and read again each minute, it says the same as one that ran through."""
    through, restarted = Pair(), Pair()
    for minute in range(20):
        through.minutes(1, 1, minute % 4)
        restarted.minutes(1, 1, minute % 4)
        text = msgspec.json.encode(restarted.detector)
        restarted.detector = msgspec.json.decode(text, type=Detector)
    assert msgspec.json.encode(through.detector) == msgspec.json.encode(restarted.detector)


def test_a_long_blind_time_is_left_out() -> None:
    """The detector was away for hours: both bots are looked at afresh."""
    pair = Pair()
    pair.minutes(50, 0, 1)
    evidence = pair.evidence
    pair.now_ns += GAP_NS_MAX
    pair.minutes(1, 500, 0)
    assert evidence == pair.evidence


def test_every_compared_quantity_has_its_comparison() -> None:
    """The label of the catalogue says which there are."""
    assert metrics.COMPARED.values == tuple(Detector().comparisons())


def test_a_refusal_weighs_more_than_a_fill() -> None:
    """Refusals are rare: with the weight of a fill a true 3x was found after a day."""
    pair = Pair()
    pair.minutes(50, 1, 1)
    place = (bots.SLUG, "bid", "0")
    pair.prod.submitted.add(*place)
    pair.prod.rejected.add(bots.SLUG, "other")
    pair.minutes(1, 1, 2)
    refusals = pair.detector.rejection_rate.prod_higher.cusum.evidence
    fills = pair.detector.fills_per_hour.prod_higher.cusum.evidence
    assert 0.0 < fills < refusals
