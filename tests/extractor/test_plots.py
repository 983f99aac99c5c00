"""Each plot draws every bot, and says when there is nothing to draw."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from extractor import plots
from extractor.log import fold
from extractor.plots import ReportSet, Sets
from extractor.summary import summarize
from tests.extractor.conftest import Day, Scribe

Draw = Callable[[Sets], Figure | None]
ALL = [
    plots.fills_by_level,
    plots.fills_by_distance,
    plots.latency_curves,
    plots.markout_curve,
    plots.rejections_by_reason,
    plots.pnl_over_time,
]


def report_set(scribe: Scribe, name: str = "bot") -> ReportSet:
    """A bot with what was written."""
    log = fold(scribe.events)
    return ReportSet(name, log, summarize(log))


@pytest.mark.parametrize("draw", ALL)
def test_every_bot_is_drawn(draw: Draw, day: Day) -> None:
    """Three bots, three labels."""
    log = fold(day.events)
    sets = [ReportSet(name, log, summarize(log)) for name in ("one", "two", "three")]
    figure = draw(sets)
    assert figure is not None
    assert ["one", "two", "three"] == figure.axes[0].get_legend_handles_labels()[1]


@pytest.mark.parametrize("draw", ALL)
def test_a_bot_without_data_draws_nothing(draw: Draw) -> None:
    """No figure instead of an empty one."""
    assert draw([report_set(Scribe())]) is None


@pytest.mark.parametrize("draw", ALL)
def test_one_bot_may_have_nothing(draw: Draw, day: Day) -> None:
    """The other is drawn all the same."""
    log = fold(day.events)
    full = ReportSet("full", log, summarize(log))
    assert draw([report_set(Scribe(), "empty"), full]) is not None


def test_a_level_without_fills_is_drawn_at_zero(scribe: Scribe) -> None:
    """With its upper bound, and only so many levels."""
    for number in range(20):
        scribe.submit(f"{number}", number * 1.0, level=number % 8 - 1)
        scribe.accept(f"{number}", number * 1.0 + 1)
    figure = plots.fills_by_level([report_set(scribe)])
    assert figure is not None
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert ["inside\nthe spread", "at the\nbest price", "1 level\nbehind"] == labels[:3]
    assert plots.LEVELS_MAX == len(labels)


def test_long_curves_are_thinned(scribe: Scribe) -> None:
    """Both ends stay."""
    for second in range(2_000):
        scribe.equity(second * 1_000.0, second)
    figure = plots.pnl_over_time([report_set(scribe)])
    assert figure is not None
    xs = np.asarray(figure.axes[0].lines[0].get_xdata()).tolist()
    assert (plots.POINTS_MAX, 0.0) == (len(xs), xs[0])
    assert pytest.approx(1_999 / 3_600) == xs[-1]


def test_latency_without_cancels_is_drawn(scribe: Scribe) -> None:
    """Only the acceptance panel has a curve."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 100.0)
    figure = plots.latency_curves([report_set(scribe)])
    assert figure is not None
    assert [1, 0] == [len(axes.lines) for axes in figure.axes]
