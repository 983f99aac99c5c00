"""Intervals cover what they promise, and know the clusters of their sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.stats import (
    Cluster,
    clusters,
    design_effect,
    finite,
    poisson_rate,
    quantile,
    ratio_interval,
    share_interval,
    wilson,
)

WINDOWS = 400


def coverage(hits: int) -> float:
    """The share of simulated windows whose interval held the truth."""
    return hits / WINDOWS


def test_wilson_is_wilsons_interval() -> None:
    """10 of 100: the textbook interval."""
    low, high = wilson(10, 100)
    assert pytest.approx((0.0552, 0.1744), abs=1e-4) == (low, high)


@given(st.integers(1, 10_000), st.data())
def test_wilson_holds_the_share_and_stays_within_bounds(n: int, data: st.DataObject) -> None:
    """Whatever the counts, zero and all included, the share is inside and the bounds are shares."""
    k = data.draw(st.integers(0, n))
    low, high = wilson(k, n)
    assert 0.0 <= low <= k / n + 1e-12
    assert k / n - 1e-12 <= high <= 1.0


def test_share_interval_covers_independent_orders() -> None:
    """95 % intervals of 1,000 orders at 17 % hold the truth in 93-97 % of windows."""
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(WINDOWS):
        filled = rng.random(1_000) < 0.17
        blocks = clusters((i // 20, float(x), 1.0) for i, x in enumerate(filled))
        low, high = share_interval(blocks)[1]
        hits += low <= 0.17 <= high
    assert 0.93 <= coverage(hits) <= 0.985


def test_share_interval_widens_for_bursts() -> None:
    """When whole blocks fill or do not, the interval at the plain sample size is far too narrow."""
    rng = np.random.default_rng(2)
    hits = naive = 0
    for _ in range(WINDOWS):
        rates = rng.beta(0.5, 4.5, size=60)
        blocks = [Cluster(float(rng.binomial(20, rate)), 20.0, 20) for rate in rates]
        low, high = share_interval(blocks)[1]
        hits += low <= 0.1 <= high
        plain = wilson(sum(b.numerator for b in blocks), 1_200)
        naive += plain[0] <= 0.1 <= plain[1]
    assert coverage(hits) >= 0.91
    assert coverage(naive) <= 0.75


def test_design_effect_is_never_below_one() -> None:
    """One block, no block, no variation and evenly spread blocks all leave the sample as it is."""
    assert 1.0 == design_effect([])
    assert 1.0 == design_effect([Cluster(3, 10, 10)])
    assert 1.0 == design_effect([Cluster(0, 10, 10), Cluster(0, 10, 10)])
    assert 1.0 == design_effect([Cluster(5, 10, 10), Cluster(5, 10, 10)])


def test_ratio_interval_covers_clustered_means() -> None:
    """The t interval of hourly clusters with a common shock covers in 92-98 % of windows."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(WINDOWS):
        blocks = []
        for _ in range(24):
            costs = 0.2 + rng.normal(0, 0.5) + rng.normal(0, 1.0, size=rng.poisson(6))
            blocks.append(Cluster(float(costs.sum()), float(len(costs)), len(costs)))
        interval = ratio_interval(blocks)[1]
        hits += interval is not None and interval[0] <= 0.2 <= interval[1]
    assert 0.92 <= coverage(hits) <= 0.98


def test_ratio_of_one_block_has_no_interval() -> None:
    """A single hour cannot show how hours differ."""
    assert (0.5, None) == ratio_interval([Cluster(1.0, 2.0, 2)])


def test_poisson_rate_is_exact() -> None:
    """Zero events in 100 minutes: at most 3.69 in 100 (two-sided 95 %)."""
    rate, (low, high) = poisson_rate(0, 100.0)
    assert (0.0, 0.0) == (rate, low)
    assert pytest.approx(0.03689, abs=1e-5) == high
    rate, (low, high) = poisson_rate(10, 100.0)
    assert pytest.approx((0.1, 0.04795, 0.18390), abs=1e-4) == (rate, low, high)


def test_poisson_rate_widens_with_the_design_effect() -> None:
    """Ten events worth five have the interval of five."""
    assert poisson_rate(10, 100.0, 2.0)[1] == poisson_rate(5, 50.0)[1]


@pytest.mark.parametrize(("share", "n"), [(0.5, 50), (0.95, 200)])
def test_quantile_intervals_cover_at_their_minimum(share: float, n: int) -> None:
    """At the smallest sample that is used, the lognormal's quantile is held in at least 93 %."""
    rng = np.random.default_rng(4)
    truth = float(np.quantile(rng.lognormal(5.5, 0.39, 2_000_000), share))
    hits = 0
    for _ in range(WINDOWS):
        interval = quantile(np.sort(rng.lognormal(5.5, 0.39, n)), share)[1]
        hits += interval is not None and interval[0] <= truth <= interval[1]
    assert 0.93 <= coverage(hits)


def test_quantile_counts_lost_answers_as_longer() -> None:
    """With one answer in ten lost the 95 % quantile is not known, and the median is higher."""
    seen = np.arange(1.0, 91.0)
    assert (None, None) == quantile(seen, 0.95, censored=10)
    assert pytest.approx(50.5) == quantile(seen, 0.5, censored=10)[0]


def test_quantile_of_nothing_is_nothing() -> None:
    """No value, no quantile; and too few values have a quantile without an interval."""
    assert (None, None) == quantile(np.array([]), 0.5)
    assert (1.5, None) == quantile(np.array([1.0, 2.0]), 0.5)


def test_finite_drops_damage() -> None:
    """NaN, infinity and None are no measurements."""
    kept = finite([3.0, None, float("nan"), float("inf"), 1.0])
    assert [1.0, 3.0] == kept.tolist()
