"""The watch tells a dead stream from a quiet market, and a dead token from a living one."""

from itertools import pairwise

from bot.domain.market import TokenId
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.stream_watch import (
    DOUBLINGS_MAX,
    Action,
    Ping,
    Reconnect,
    Resubscribe,
    StreamWatch,
    WatchSettings,
)

A, B = TokenId("1"), TokenId("2")
SETTINGS = WatchSettings()


class Stream:
    """A watch with seconds for nanoseconds, that has seen both snapshots at 0."""

    def __init__(self) -> None:
        self.watch = StreamWatch([A, B], SETTINGS, 0)
        self.frame(0.0, A, B)

    def frame(self, at_s: float, *tokens: TokenId) -> None:
        """A frame and a PONG arrive."""
        self.watch.saw_pong(int(at_s * NS_PER_S))
        self.watch.saw_frame(tokens, int(at_s * NS_PER_S))

    def due(self, at_s: float) -> list[Action]:
        """What is due, without the pings."""
        actions = self.watch.due(int(at_s * NS_PER_S))
        return [action for action in actions if not isinstance(action, Ping)]


def test_ping_is_due_every_ten_seconds() -> None:
    """Whatever else comes."""
    watch = StreamWatch([A], SETTINGS, 0)
    pings = []
    for at_s in range(1, 36):
        watch.saw_pong(at_s * NS_PER_S)
        watch.saw_frame([A], at_s * NS_PER_S)
        pings += [at_s] * watch.due(at_s * NS_PER_S).count(Ping())
    assert [10, 20, 30] == pings


def test_missing_pong_means_a_dead_socket() -> None:
    """Even while data seem to come."""
    watch = StreamWatch([A], SETTINGS, 0)
    watch.saw_frame([A], 25 * NS_PER_S)
    assert Reconnect("no PONG") not in watch.due(25 * NS_PER_S)
    assert [Reconnect("no PONG")] == watch.due(25 * NS_PER_S + 1)


def test_pong_without_data_means_a_dead_stream() -> None:
    """After the patience with a whole connection; frames of others count as life."""
    stream = Stream()
    stream.frame(60.0, TokenId("somebody else's"))
    stream.watch.saw_pong(180 * NS_PER_S)
    assert [Reconnect("connected, but no data")] == stream.due(180.001)


def test_silent_token_is_subscribed_again_then_reconnected() -> None:
    """While the other one goes on."""
    stream = Stream()
    for at_s in range(1, 61):
        stream.frame(at_s, B)
        assert [] == stream.due(at_s)
    assert [Resubscribe(A)] == stream.due(60.001)
    stream.watch.resubscribed(A, 61 * NS_PER_S)
    assert [] == stream.due(80.0)
    assert [Reconnect(f"token {A} stays silent")] == stream.due(81.001)


def test_answer_to_a_resubscription_clears_the_suspicion() -> None:
    """The snapshot is data."""
    stream = Stream()
    stream.frame(60.0, B)
    assert [Resubscribe(A)] == stream.due(60.5)
    stream.watch.resubscribed(A, 61 * NS_PER_S)
    stream.frame(62.0, A, B)
    assert [] == stream.due(81.5)


def test_quiet_token_gets_a_multiple_of_its_own_pause() -> None:
    """Its longest pause so far was 50 s: 250 s are awaited."""
    stream = Stream()
    stream.frame(50.0, A, B)
    for at_s in range(60, 301, 10):
        stream.frame(at_s, B)
        assert [] == stream.due(at_s)
    assert [Resubscribe(A)] == stream.due(300.001)


def test_missing_snapshot_is_asked_for_again() -> None:
    """A subscription brings a book at once, or did not work."""
    watch = StreamWatch([A, B], SETTINGS, 0)
    watch.saw_frame([B], 1)
    assert [Ping()] == watch.due(10 * NS_PER_S)
    assert [Resubscribe(A)] == watch.due(10 * NS_PER_S + 1)


def test_dead_token_disturbs_less_and_less() -> None:
    """Patience with it doubles up to a limit, over reconnections too."""
    stream = Stream()
    attempts: list[int] = []
    for at_s in range(1, 40_000):
        stream.frame(at_s, B)
        for action in stream.due(at_s):
            attempts.append(at_s)
            if isinstance(action, Resubscribe):
                stream.watch.resubscribed(A, at_s * NS_PER_S)
            else:
                stream.watch.connected(at_s * NS_PER_S)
    pauses = [later - earlier for earlier, later in pairwise(attempts)]
    longest = int(SETTINGS.snapshot_s * 2**DOUBLINGS_MAX) + 1
    assert [21, 41, 81, 161, 321, 641, longest, longest] == pauses[:8]


def test_living_token_is_forgiven_its_past() -> None:
    """One piece of data, and its patience is as at first."""
    stream = Stream()
    stream.frame(60.0, B)
    assert [Resubscribe(A)] == stream.due(60.5)
    stream.watch.resubscribed(A, 60 * NS_PER_S)
    stream.frame(61.0, A, B)
    stream.watch.connected(62 * NS_PER_S)
    stream.frame(63.0, B)
    assert [Resubscribe(A)] == stream.due(72.5)
