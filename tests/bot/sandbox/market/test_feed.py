"""The line from the exchange: delays and losses."""

from statistics import median

from bot.sandbox.market import GeneratedMarketConfig
from bot.sandbox.market.feed import FeedLine

MS = 10**6


def delays_ms(config: GeneratedMarketConfig, count: int = 5_000) -> list[float]:
    """Delays of frames sent ten seconds apart, so that none waits for another."""
    line = FeedLine(config)
    sent = [10**18 + 10_000 * MS * index for index in range(count)]
    return [(line.arrival_ns(at_ns) - at_ns) / MS for at_ns in sent]


def test_the_median_delay_is_the_configured_one() -> None:
    """40 ms by default, never negative."""
    delays = delays_ms(GeneratedMarketConfig())
    assert 38 < median(delays) < 42
    assert min(delays) > 0


def test_spikes_last_seconds_and_are_rare() -> None:
    """Their share is the configured one."""
    delays = delays_ms(GeneratedMarketConfig(feed_spike_ratio=0.02))
    assert 0.014 < sum(delay > 1_000 for delay in delays) / len(delays) < 0.026


def test_frames_arrive_in_the_order_they_were_sent() -> None:
    """A late frame holds up those behind it; times are whole microseconds."""
    line = FeedLine(GeneratedMarketConfig(feed_spike_ratio=0.1))
    arrivals = [line.arrival_ns(10**18 + MS * index) for index in range(3_000)]
    assert sorted(arrivals) == arrivals
    assert {0} == {at_ns % 1_000 for at_ns in arrivals}


def test_the_lost_share_is_the_configured_one() -> None:
    """None at 0, all at 1, a quarter at a quarter."""
    line = FeedLine(GeneratedMarketConfig())
    shares = [sum(line.is_lost(ratio) for _ in range(4_000)) / 4_000 for ratio in (0, 1, 0.25)]
    assert [0, 1] == shares[:2]
    assert 0.23 < shares[2] < 0.27
