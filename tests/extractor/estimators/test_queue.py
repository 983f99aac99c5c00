"""phi and theta are recovered from orders with a known queue."""

from collections.abc import Callable, Sequence

import msgspec
import pytest

from bot.domain.calibration import QueueParameters
from bot.domain.events import QueueTraced
from extractor.estimators import queue
from extractor.estimators.queue_paths import PARTICLES, PaperQueue
from extractor.log import fold
from extractor.records import OrderRecord
from tests.extractor.conftest import SHARES, Day, Observation, Scribe

THROUGH: Observation = (1_000.0, "t", 10.0, 100.0)


def traced(
    observations: Sequence[Observation],
    *,
    fill_ms: float | None = None,
    cancel_ms: float | None = None,
    late: bool = False,
    whole: bool = True,
) -> OrderRecord:
    """An order accepted at 0 that rested ten seconds behind 100 shares."""
    scribe = Scribe()
    scribe.submit("a", -100.0)
    scribe.accept("a", 0.0)
    if cancel_ms is not None:
        scribe.request_cancel("a", cancel_ms)
    if fill_ms is not None:
        scribe.fill("a", fill_ms, after_cancel=late)
    filled = 0 if fill_ms is None else SHARES
    scribe.trace("a", 10_000.0, 10_000.0, tuple(observations), is_whole=whole, filled=filled)
    (order,) = fold(scribe.events).orders.values()
    return order


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.3, 0.7, 1.0])
def test_phi_is_recovered(make_day: Callable[..., Day], truth: float) -> None:
    """1,000 orders: the truth lies within the interval and near the value."""
    orders = fold(make_day(orders=1_000, phi=truth, seed=11).events).rested()
    estimate = queue.phi(queue.paths(orders, PaperQueue(orders, 1)), theta=0.0)
    assert estimate.interval is not None
    assert estimate.value is not None
    assert estimate.interval[0] <= truth <= estimate.interval[1]
    assert abs(estimate.value - truth) <= 0.12
    assert "queue.phi" == estimate.applied


@pytest.mark.slow
def test_missed_fills_are_told_from_the_queue(make_day: Callable[..., Day]) -> None:
    """When 20 % of due fills are missed, phi with that theta still holds the truth."""
    orders = fold(make_day(orders=1_000, phi=0.7, theta=0.2, seed=12).events).rested()
    paths = queue.paths(orders, PaperQueue(orders, 1))
    known, ignored = queue.phi(paths, theta=0.2), queue.phi(paths, theta=0.0)
    assert known.interval is not None
    assert known.interval[0] <= 0.7 <= known.interval[1]
    assert known.value is not None
    assert ignored.value is None or ignored.value > known.value


def test_few_traces_say_nothing() -> None:
    """Below 200 traces or 15 fills phi keeps its prior."""
    paths = queue.paths([traced([THROUGH], fill_ms=1_000.0)] * 199, always_due)
    estimate = queue.phi(paths, theta=0.0)
    assert (None, False, None) == (estimate.value, estimate.sufficient, estimate.applied)
    assert "200 and 15 are needed" in estimate.note


def test_fills_that_no_phi_explains_are_refused() -> None:
    """Half of all proven fills missed is no queue: it is said, and nothing is applied."""
    orders = [traced([THROUGH], fill_ms=1_000.0), traced([THROUGH])] * 150
    spread_out = [shifted(order, number) for number, order in enumerate(orders)]
    estimate = queue.phi(queue.paths(spread_out, always_due), theta=0.0)
    assert (None, None) == (estimate.value, estimate.applied)
    assert "fewer fills than any phi explains" in estimate.note


def test_more_fills_than_any_phi_are_refused() -> None:
    """Fills where nothing was due mean the trace is not of these orders."""
    orders = [traced([(1_000.0, "p", 1.0, 100.0)], fill_ms=1_000.0), traced([])] * 150
    spread_out = [shifted(order, number) for number, order in enumerate(orders)]
    estimate = queue.phi(queue.paths(spread_out, never_due), theta=0.0)
    assert "more fills than any phi explains" in estimate.note


@pytest.mark.parametrize(
    ("observations", "cancel_ms", "proven"),
    [
        ([THROUGH], None, True),
        ([(500.0, "p", 101.0, 100.0)], None, True),
        ([(500.0, "p", 99.0, 100.0), THROUGH], None, False),
        ([(500.0, "a", 9.0, 100.0), THROUGH], None, True),
        ([(500.0, "d", 9.0, 100.0)], None, False),
        ([THROUGH], 900.0, False),
        ([], None, False),
    ],
)
def test_a_fill_is_proven_by_the_first_print(
    observations: list[Observation], cancel_ms: float | None, *, proven: bool
) -> None:
    """Through our price, or more than stood ahead, before we asked for the order back."""
    assert proven == queue.is_proven(traced(observations, cancel_ms=cancel_ms))


def test_an_order_without_a_trace_proves_nothing(scribe: Scribe) -> None:
    """Nor does it train."""
    scribe.submit("a", 0.0)
    scribe.accept("a", 1.0)
    (order,) = fold(scribe.events).orders.values()
    assert not queue.is_proven(order)
    assert [] == queue.traceable([order, traced([THROUGH], whole=False)])


def test_theta_is_the_share_of_proven_fills_not_got() -> None:
    """100 of 400 missed; a fill after the cancel request is none."""
    got, missed = traced([THROUGH], fill_ms=1_000.0), traced([THROUGH])
    late = traced([THROUGH], fill_ms=5_000.0, cancel_ms=4_000.0, late=True)
    orders = [got] * 300 + [missed] * 99 + [late]
    spread_out = [shifted(order, number) for number, order in enumerate(orders)]
    estimate = queue.theta_miss(spread_out)
    assert (0.25, 400) == (estimate.value, estimate.n)
    assert estimate.sufficient


def test_a_fill_without_its_print_is_counted_and_trains_nothing() -> None:
    """The order counts as gone by then, and the share is reported."""
    with_print, without = traced([THROUGH], fill_ms=1_000.0), traced([], fill_ms=1_000.0)
    paths = queue.paths([with_print, without], always_due)
    assert [True, False] == [path.is_filled for path in paths]
    assert 0.5 == queue.unprinted_fill_share([with_print, without]).value


def test_fills_are_due_only_while_the_order_could_fill() -> None:
    """Until the cancel request, or a second after our own fill."""
    canceled = queue.paths([traced([THROUGH], cancel_ms=400.0)], never_due)[0]
    filled = queue.paths([traced([THROUGH], fill_ms=1_500.0)], never_due)[0]
    assert (400.0, 2_500.0) == (canceled.end_ms, filled.end_ms)


def test_expected_fills_are_a_sum_of_hazards() -> None:
    """Half due at once and half later: 8/16 + 8/8; with misses the survivors stay at risk."""
    path = queue.QueuePath(
        submitted_ns=0,
        is_filled=False,
        end_ms=10.0,
        due_ms=((1.0,) * 8 + (2.0,) * 8,) * len(queue.PHI_GRID),
    )
    assert 1.5 == path.expected(0, 0.0)
    assert 4 / 16 + 4 / 12 == path.expected(0, 0.5)


def test_prediction_is_linear_between_grid_points() -> None:
    """Phi = 0.275 lies halfway between 0.2 and 0.35."""
    due = tuple((1.0,) * n for n in (16, 16, 8, 4, 4, 2, 1, 0, 0))
    path = queue.QueuePath(submitted_ns=0, is_filled=False, end_ms=10.0, due_ms=due)
    assert pytest.approx(0.75) == queue.predicted_fills(path, QueueParameters(phi=0.275))
    assert 1.0 == queue.predicted_fills(path, QueueParameters(phi=0.01))
    assert 0.0 == queue.predicted_fills(path, QueueParameters(phi=1.0))


def always_due(
    trace: QueueTraced, end_ms: float, phis: Sequence[float]
) -> tuple[tuple[float, ...], ...]:
    """Every simulated order is due at once."""
    return tuple((0.0,) * PARTICLES for _ in phis)


def never_due(
    trace: QueueTraced, end_ms: float, phis: Sequence[float]
) -> tuple[tuple[float, ...], ...]:
    """No simulated order is ever due."""
    return tuple(() for _ in phis)


def shifted(order: OrderRecord, hours: int) -> OrderRecord:
    """The same order in an hour of its own."""
    return msgspec.structs.replace(order, submitted_ns=order.submitted_ns + hours * 3_600 * 10**9)


def test_theta_needs_two_hundred_proven_fills() -> None:
    """Eight of 190 are shown, eight of 210 applied, none of 500 is no measurement."""
    got, missed = traced([THROUGH], fill_ms=1_000.0), traced([THROUGH])
    few, enough, none = (
        queue.theta_miss([shifted(order, i) for i, order in enumerate(orders)])
        for orders in ([missed] * 8 + [got] * 182, [missed] * 8 + [got] * 202, [got] * 500)
    )
    assert (None, "queue.theta_miss", None) == (few.applied, enough.applied, none.applied)
    assert (8 / 210, None) == (enough.value, none.value)
    assert queue.theta_miss([]).value is None


def test_one_quarter_of_an_hour_tells_neither() -> None:
    """However many traces: the interval would be as narrow as the blocks are few."""
    missed, got = traced([THROUGH]), traced([THROUGH], fill_ms=1_000.0)
    orders = [missed] * 60 + [got] * 240
    theta = queue.theta_miss(orders)
    phi = queue.phi(queue.paths(orders, always_due), theta=0.0)
    assert (0.2, False, None) == (theta.value, theta.sufficient, theta.applied)
    assert (None, None, 300) == (phi.value, phi.interval, phi.n)
    assert queue.ONE_BLOCK in theta.note
    assert queue.ONE_BLOCK in phi.note


@pytest.mark.slow
def test_an_unknown_theta_widens_phi(make_day: Callable[..., Day]) -> None:
    """Both lower the fills: what is not known of one is not known of the other."""
    orders = fold(make_day(orders=1_000, phi=0.7, seed=13).events).rested()
    paths = queue.paths(orders, PaperQueue(orders, 1))
    known, unknown = queue.phi(paths, 0.05), queue.phi(paths, 0.05, (0.0, 0.1))
    assert known.interval is not None
    assert unknown.interval is not None
    assert unknown.interval[0] < known.interval[0]
    assert unknown.interval[1] > known.interval[1]


def test_risk_averse_is_not_interpolated() -> None:
    """Between the last finite phi and 1 the nearer one is taken."""
    finite, averse = queue.PHI_GRID[-2:]
    low = [-1.0] * (len(queue.PHI_GRID) - 1)
    assert finite == queue._crossing([*low[:-1], -0.2, 0.9], 0.0)
    assert averse == queue._crossing([*low[:-1], -0.9, 0.2], 0.0)
    assert averse == queue._crossing([*low[:-1], -0.2, 0.9], -0.1)
    assert finite == queue._crossing([*low[:-1], -0.2, 0.9], 0.1)
    assert averse == queue._crossing([*low, -0.5], 0.0)


@pytest.mark.slow
def test_a_flat_phi_says_that_it_is(make_day: Callable[..., Day]) -> None:
    """When theta leaves everything open, the note says so and the fills are still matched."""
    orders = fold(make_day(orders=600, phi=0.7, seed=14).events).rested()
    estimate = queue.phi(queue.paths(orders, PaperQueue(orders, 1)), 0.1, (0.0, 0.4))
    assert "weakly identified" in estimate.note
