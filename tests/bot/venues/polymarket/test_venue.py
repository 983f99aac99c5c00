"""The real venue on a scripted account: what is asked, what is heard, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from bot.domain.book import Book
from bot.domain.errors import (
    InputError,
    InvariantError,
    OutcomeUnknown,
    VenueError,
    VenueUnavailable,
)
from bot.domain.market import TokenId
from bot.domain.orders import NewOrder, OrderId
from bot.domain.ports import NEVER
from bot.domain.reports import (
    Accepted,
    Canceled,
    CancelReason,
    CancelRefused,
    Filled,
    Lost,
    Rejected,
    RejectionReason,
    Sent,
)
from bot.domain.units import NS_PER_S
from bot.venues.polymarket.exchange import Balances
from bot.venues.polymarket.outcomes import CancelAnswer, Refused, Unproven
from bot.venues.polymarket.user_wire import OrderNews, OrderState, decode_user
from bot.venues.polymarket.venue import PolymarketConfig, PolymarketVenue
from tests.bot.venues.polymarket.fake_account import FakeAccount, HandClock, Script, Sleeps, settle
from tests.bot.venues.polymarket.own_account import (
    MARKET,
    NO,
    SHARES,
    YES,
    leg,
    new_order,
    order_event,
    order_id,
    read_trade,
    trade_event,
)

T0 = 1_700_000_000 * NS_PER_S
ID = order_id(1)
CUT = VenueUnavailable("cut")


class Scene:
    """A venue whose network is scripted and whose clock is moved by hand."""

    def __init__(self, config: PolymarketConfig | None = None) -> None:
        """Show 30 shares at 40 cents on both sides of both books."""
        self.account, self.clock, self.sleeps = FakeAccount(), HandClock(T0), Sleeps()
        self.books = {token: Book(token, MARKET.tick) for token in MARKET.tokens}
        for book in self.books.values():
            book.load([(4_000, 30 * SHARES)], [(6_000, 30 * SHARES)])
        self.venue = PolymarketVenue(
            self.account, self.account, [MARKET], self.books, self.clock,
            config or PolymarketConfig(), rng=random.Random(1), sleep=self.sleeps,
        )  # fmt: skip

    def place(self, order: NewOrder | None = None) -> OrderId:
        """Prepare and send."""
        placed = self.venue.prepare(order or new_order())
        self.venue.submit(placed, self.clock.time_ns)
        return placed

    def heard(self) -> list[object]:
        """What is known by now."""
        return [*self.venue.advance(self.clock.time_ns)]

    def tell(self, event: dict[str, object]) -> None:
        """Let the user channel say something."""
        for message in decode_user(json.dumps(event)):
            self.venue._on_message(message)


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    """A venue whose requests are carried; beats, streams and rounds are started by the test."""
    made = Scene()
    tasks = [
        asyncio.create_task(job)
        for job in (
            made.venue._courier.run(), made.venue._settle_doubts(), made.venue._sweep_when_asked()
        )
    ]  # fmt: skip
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_order_that_left_is_reported_with_what_its_way_took(scene: Scene) -> None:
    """With the time since the engine's tick, from the local clock."""
    placed = scene.venue.prepare(new_order())
    scene.venue._prepared[placed].trip.left_ns = T0 + 5
    scene.venue.submit(placed, T0 - 7)
    await settle()
    assert [Sent(placed, 7, 0, 0, 0, 5), Accepted(placed, 30 * SHARES)] == scene.heard()
    second = scene.place()
    await settle()
    assert [Accepted(second, 20 * SHARES)] == scene.heard()  # nobody saw it leave


# asking ---------------------------------------------------------------------------------------


async def test_an_order_is_known_by_its_hash_before_it_leaves(scene: Scene) -> None:
    """Prepared, nothing sent."""
    assert ID == scene.venue.prepare(new_order())
    await settle()
    assert [] == scene.account.calls("post")


async def test_a_token_of_no_market_is_refused(scene: Scene) -> None:
    """Before anything is signed."""
    with pytest.raises(InputError, match="belongs to no market"):
        scene.venue.prepare(new_order(TokenId("9")))
    with pytest.raises(InvariantError, match="never prepared"):
        scene.venue.submit(OrderId("0x9"), T0)


async def test_reports_wait_with_their_time_and_wake_who_sleeps(scene: Scene) -> None:
    """The engine learns of each at the moment we did."""
    woken: list[int] = []
    scene.venue.when_sooner = lambda: woken.append(scene.venue.next_due_ns)
    scene.place()
    scene.clock.time_ns = T0 + 7
    await settle()
    assert [T0 + 7] == woken
    assert [] == scene.venue.advance(T0 + 6)
    assert [Accepted(ID, 30 * SHARES)] == scene.venue.advance(T0 + 7)
    assert NEVER == scene.venue.next_due_ns


async def test_reports_keep_their_order_when_the_clock_does_not(scene: Scene) -> None:
    """A report is never known before an earlier one; the next stays due."""
    scene.place()
    scene.clock.time_ns = T0 + 9
    await settle()
    scene.venue.cancel(OrderId("0x7"), T0 + 5)
    assert 2 == len(scene.venue.advance(T0 + 9))
    scene.venue.cancel(OrderId("0x7"), T0 + 20)
    scene.venue.cancel(OrderId("0x7"), T0 + 30)
    assert 1 == len(scene.venue.advance(T0 + 25))
    assert T0 + 30 == scene.venue.next_due_ns


@pytest.mark.parametrize(
    ("hold", "reason"),
    [
        (lambda limits: limits.hold_off(9, T0), RejectionReason.PAUSED),
        (lambda limits: [limits.admit(T0) for _ in range(99)], RejectionReason.RATE_LIMIT),
    ],
)
async def test_an_order_may_not_even_leave(
    scene: Scene, hold: Callable[[object], object], reason: RejectionReason
) -> None:
    """The exchange wants none now, or we would be too fast: refused here, nothing sent."""
    hold(scene.account.limits)
    scene.place()
    await settle()
    assert [Rejected(ID, reason)] == scene.heard()
    assert [] == scene.account.calls("post")


async def test_an_order_can_end_by_itself() -> None:
    """A minute more than its life, because the exchange withdraws it that early."""
    scene = Scene(PolymarketConfig(order_life_s=180))
    scene.venue.prepare(new_order())
    assert [(1_700_000_240,)] == scene.account.calls("sign")


async def test_a_cancel_of_what_never_left_is_refused(scene: Scene) -> None:
    """Unknown, or only prepared."""
    prepared = scene.venue.prepare(new_order())
    for name in (OrderId("0x7"), prepared):
        scene.venue.cancel(name, T0)
        assert [CancelRefused(name, "it was never sent")] == scene.heard()


async def test_an_order_cancelled_before_it_left_is_off(scene: Scene) -> None:
    """Without a word to the exchange."""
    scene.venue.cancel(scene.place(), T0)
    await settle()
    assert [Canceled(ID)] == scene.heard()
    assert [] == scene.account.calls("post")


# hearing --------------------------------------------------------------------------------------


async def test_an_unproven_order_is_asked_for_until_settled(scene: Scene) -> None:
    """Lost, two questions that fail or find nothing, then found."""
    scene.account.posts = Script([[Unproven(ID, "cut")]])
    scene.account.orders = Script([CUT, None, OrderNews(ID, OrderState.LIVE)])
    scene.place()
    await settle()
    assert [Lost(ID, "cut"), Accepted(ID, 30 * SHARES)] == scene.heard()
    assert [(ID,)] * 3 == scene.account.calls("order")
    assert [(ID,)] == scene.account.calls("post")


@pytest.mark.parametrize(
    ("error", "expected"), [(OutcomeUnknown("cut"), Lost), (CUT, CancelRefused)]
)
async def test_a_failed_cancel_is_lost_or_refused(
    scene: Scene, error: VenueError, expected: type
) -> None:
    """By what is proved; the order turns out to be gone."""
    scene.account.cancels = Script([error])
    scene.account.orders = Script([OrderNews(ID, OrderState.CANCELED)])
    scene.place()
    await settle()
    scene.venue.cancel(ID, T0)
    await settle()
    assert [Accepted, expected, Canceled] == [type(report) for report in scene.heard()]


async def test_a_refused_order_is_refused(scene: Scene) -> None:
    """The reason comes through."""
    scene.account.posts = Script([[Refused(ID, RejectionReason.BALANCE)]])
    scene.place()
    await settle()
    assert [Rejected(ID, RejectionReason.BALANCE)] == scene.heard()


@pytest.mark.parametrize(
    ("silent_s", "reason"), [(11, CancelReason.HEARTBEAT), (1, CancelReason.VENUE)]
)
async def test_a_cancel_nobody_asked_for_has_a_suspect(
    scene: Scene, silent_s: int, reason: CancelReason
) -> None:
    """Without a beat for ten seconds it was the dead man's switch."""
    await scene.venue.heartbeat.beat()
    scene.place()
    await settle()
    scene.clock.time_ns += silent_s * NS_PER_S
    scene.tell(order_event(1, type="CANCELLATION", status="CANCELED"))
    assert Canceled(ID, reason) == scene.heard()[-1]


# the exchange's lists -------------------------------------------------------------------------


async def test_a_comparison_finds_what_was_missed(scene: Scene) -> None:
    """A fill from the list of trades; balances are read besides."""
    scene.place()
    await settle()
    scene.account.lists = Script([[OrderNews(ID, OrderState.LIVE)]])
    scene.account.trade_lists = Script([[read_trade(trade_event(leg(1)))]])
    await scene.venue._compare()
    assert [Accepted, Filled] == [type(report) for report in scene.heard()]
    assert scene.venue.balances is not None


async def test_a_comparison_that_fails_concludes_nothing(scene: Scene) -> None:
    """A failed question is not an empty list: our order still rests."""
    scene.place()
    await settle()
    scene.clock.time_ns += 60 * NS_PER_S
    scene.account.lists = Script([CUT])
    await scene.venue._compare()
    assert (1, {}) == (scene.venue.truth_failures, scene.venue.core.doubts)


async def test_balances_that_fills_do_not_explain_are_shown(scene: Scene) -> None:
    """Somebody else moved tokens; a failed question leaves what was known, and the fills count."""
    held = Balances(7, {YES: 3, NO: 0})
    scene.account.accounts = Script([Balances(0, {YES: 0, NO: 0}), held, CUT])
    await scene.venue.recover(0)
    await scene.venue._compare()
    assert ({YES: 3}, held) == (scene.venue.drift, scene.venue.balances)
    scene.place()
    await settle()
    scene.account.trade_lists = Script([[read_trade(trade_event(leg(1)))]])
    await scene.venue._compare()
    assert ({YES: 3}, held, 1) == (
        scene.venue.drift, scene.venue.balances, scene.venue.truth_failures,
    )  # fmt: skip
    assert isinstance(scene.heard()[-1], Filled)


async def test_an_order_that_should_be_gone_is_cancelled_again(scene: Scene) -> None:
    """The channel said canceled, the list says live."""
    scene.place()
    await settle()
    scene.tell(order_event(1, type="CANCELLATION"))
    scene.clock.time_ns += 60 * NS_PER_S
    scene.account.lists = Script([[OrderNews(ID, OrderState.LIVE)]])
    await scene.venue._compare()
    await settle()
    assert [(ID,)] == scene.account.calls("cancel")


async def test_damage_makes_us_compare_at_once() -> None:
    """Not at the next round half a minute later; rounds come by themselves besides."""
    scene = Scene(PolymarketConfig(truth_s=0.01))
    rounds = asyncio.create_task(scene.venue._compare_for_ever())
    scene.venue._on_message(decode_user("{")[0])
    async with asyncio.timeout(60):
        while len(scene.account.calls("open_orders")) < 3:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.001)
    rounds.cancel()
    await asyncio.gather(rounds, return_exceptions=True)


# the end and the beginning --------------------------------------------------------------------


async def test_everything_is_swept_and_verified(scene: Scene) -> None:
    """What waits is dropped, what rests is cancelled, and the list is looked at."""
    resting = scene.place()
    await settle()
    waiting = scene.place()
    scene.account.cancel_alls = Script([CancelAnswer((resting,))])
    scene.venue.cancel_all(T0)
    await settle()
    assert [Accepted(resting, 30 * SHARES), Canceled(waiting), Canceled(resting)] == scene.heard()
    assert ["cancel_all", "open_orders"] == [name for name, _ in scene.account.asked][-2:]
    assert not scene.venue.heartbeat.is_stopped


async def test_when_the_sweep_cannot_be_proved_the_heart_stops(scene: Scene) -> None:
    """polymarket.md 8.2: then the exchange takes the orders off by itself."""
    scene.account.lists = Script([CUT] * 3)
    scene.venue.cancel_all(T0)
    await settle()
    assert 3 == len(scene.account.calls("cancel_all"))
    await scene.venue.heartbeat.run()
    assert [] == scene.account.calls("heartbeat")


async def test_a_stop_takes_off_waits_and_beats_no_more(scene: Scene) -> None:
    """Two sweeps, because an order was under way, and a last comparison."""
    scene.account.gate.clear()
    order = scene.place()
    await settle()
    scene.account.cancel_alls = Script([CancelAnswer(), CancelAnswer((order,))])
    stopping = asyncio.create_task(scene.venue.stop())
    await settle()
    scene.account.gate.set()
    assert (await stopping).is_clean
    assert [Accepted(order, 30 * SHARES), Canceled(order)] == scene.heard()
    await scene.venue.heartbeat.run()
    assert [] == scene.account.calls("heartbeat")


async def test_the_start_sweeps_reads_and_arms_the_heart(scene: Scene) -> None:
    """In this order."""
    recovered = await scene.venue.recover(5)
    assert recovered.balances == scene.venue.balances
    names = [name for name, _ in scene.account.asked]
    assert [
        "cancel_all",
        "open_orders",
        "refresh_balances",
        "trades",
        "trades",
        "heartbeat",
    ] == names


async def test_a_start_without_a_clean_book_is_no_start(scene: Scene) -> None:
    """And arms nothing."""
    scene.account.lists = Script([CUT] * 3)
    with pytest.raises(VenueUnavailable, match="cannot start"):
        await scene.venue.recover(5)
    assert [] == scene.account.calls("heartbeat")


async def test_a_bug_ends_the_run() -> None:
    """It reaches whoever runs the venue."""
    scene = Scene()
    scene.account.beats = Script([InvariantError("ours")])
    with pytest.raises(ExceptionGroup) as caught:
        await scene.venue.run()
    assert caught.group_contains(InvariantError, match="ours")
