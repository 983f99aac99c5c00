"""Noise is measured from successive blocks: clusters raise it, a lasting change does not."""

import numpy as np

from exporters.divergence.dispersion import BLOCK_NS, Dispersion


def after(pairs: np.ndarray) -> float:
    """The dispersion after blocks of (demo, prod) events."""
    dispersion = Dispersion()
    for number, (demo, prod) in enumerate(pairs, start=1):
        dispersion.add(float(demo), float(prod), number * BLOCK_NS)
    return dispersion.value


def test_it_starts_at_one() -> None:
    """Nothing known means independent events."""
    assert 1.0 == Dispersion().value


def test_equal_blocks_are_quieter_than_chance_and_count_as_one() -> None:
    """Two bots on one tape can agree better than coins do: that proves nothing."""
    assert 1.0 == after(np.full((100, 2), 10))


def test_clusters_are_seen() -> None:
    """Events that come in threes have a dispersion of 3."""
    random = np.random.default_rng(1)
    assert 2.0 < after(3 * random.poisson(4, (400, 2))) < 4.0


def test_independent_events_have_about_one() -> None:
    """The estimate is no larger than its own noise."""
    random = np.random.default_rng(2)
    assert after(random.poisson(10, (400, 2))) < 1.4


def test_a_lasting_change_counts_once() -> None:
    """What we look for must not be taken for noise."""
    before, since = np.full((50, 2), 10), np.tile([5, 15], (50, 1))
    assert after(np.concatenate([before, since])) < 1.2


def test_a_block_waits_for_events() -> None:
    """A few events say nothing, however long they took."""
    dispersion = Dispersion()
    for number in range(1, 6):
        dispersion.add(1.0, 0.0, number * BLOCK_NS)
    assert dispersion.share_before is None
