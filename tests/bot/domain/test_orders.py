"""The order table, pair by pair, and the order store against a naive list."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.errors import InvariantError
from bot.domain.market import Side, TokenId
from bot.domain.orders import (
    CLOSED,
    OPEN,
    TRANSITIONS,
    NewOrder,
    Order,
    OrderId,
    OrderStatus,
    OrderStore,
    Trigger,
)

TOKENS = (TokenId("111"), TokenId("222"))

# Rows: where the order stands. Columns: what happens. A dot is refused.
TABLE = """
                accept          reject    lose     request_cancel  refuse_cancel  cancel    fill_part       fill_whole
submitted       accepted        rejected  unknown  pending_cancel  submitted      canceled  accepted        filled
accepted        accepted        rejected  unknown  pending_cancel  accepted       canceled  accepted        filled
pending_cancel  pending_cancel  rejected  unknown  pending_cancel  accepted       canceled  pending_cancel  filled
unknown         accepted        rejected  unknown  pending_cancel  unknown        canceled  accepted        filled
filled          filled          filled    filled   .               filled         filled    filled          filled
canceled        canceled        canceled  canceled .               canceled       canceled  canceled        filled
rejected        accepted        rejected  rejected .               rejected       rejected  accepted        filled
"""  # noqa: E501 - a table


def table() -> list[tuple[OrderStatus, Trigger, OrderStatus | None]]:
    """The table as (status, trigger, status after or None)."""
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [
        (OrderStatus(row[0]), Trigger(trigger), None if after == "." else OrderStatus(after))
        for row in rows
        for trigger, after in zip(head, row[1:], strict=True)
    ]


def order(number: int = 1, token: TokenId = TOKENS[0], size: int = 10) -> Order:
    """An order that was just submitted at time 100."""
    new = NewOrder(number, token, Side.BUY, price=5_000, size=size, level=0)
    return Order(OrderId(f"o{number}"), new, submitted_ns=100)


def order_in(status: OrderStatus) -> Order:
    """An order that stands somewhere."""
    made = order()
    made.status = status
    return made


@pytest.mark.parametrize(("status", "trigger", "after"), table())
def test_every_pair_of_the_table(
    status: OrderStatus, trigger: Trigger, after: OrderStatus | None
) -> None:
    """Each (status, trigger) leads where the table says, or is refused and changes nothing."""
    subject = order_in(status)
    if after is None:
        with pytest.raises(InvariantError, match=f"order o1: {trigger} in state {status}"):
            subject.apply(trigger, 200)
        assert status == subject.status
    else:
        subject.apply(trigger, 200)
        assert after == subject.status
        assert (after in OPEN) == subject.is_open


def test_the_table_is_whole() -> None:
    """Every pair is listed, every status is open or closed, and nothing else is in the product."""
    listed = {(status, trigger): after for status, trigger, after in table()}
    assert {(status, trigger) for status in OrderStatus for trigger in Trigger} == listed.keys()
    assert TRANSITIONS == {pair: after for pair, after in listed.items() if after}
    assert OPEN | CLOSED == set(OrderStatus)
    assert not OPEN & CLOSED


def test_only_our_own_request_can_be_out_of_place() -> None:
    """Nothing the venue says is refused: answers race each other."""
    refused = {trigger for status, trigger, after in table() if after is None}
    assert {Trigger.REQUEST_CANCEL} == refused


def test_each_step_notes_its_first_time() -> None:
    """Times are those of the first acceptance, the first request and the close."""
    subject = order()
    steps = [Trigger.ACCEPT, Trigger.REQUEST_CANCEL, Trigger.ACCEPT, Trigger.REQUEST_CANCEL]
    for now_ns, trigger in enumerate([*steps, Trigger.CANCEL, Trigger.CANCEL], start=200):
        subject.apply(trigger, now_ns)
    assert (100, 200, 201, 204) == (
        subject.submitted_ns,
        subject.accepted_ns,
        subject.cancel_requested_ns,
        subject.closed_ns,
    )


def test_each_refused_cancel_doubles_the_wait_for_the_next() -> None:
    """From a quarter of a second to 8 s; an order never refused a cancel may be asked at once."""
    subject = order()
    assert 0 == subject.ask_again_ns
    waits_ns = []
    for now_ns in range(200, 207):
        subject.apply(Trigger.REFUSE_CANCEL, now_ns)
        waits_ns.append(subject.ask_again_ns - now_ns)
    assert [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000] == [ns // 1_000_000 for ns in waits_ns]


def test_an_order_that_reopens_closes_anew() -> None:
    """A rejection that was none is taken back, and the later close has its own time."""
    subject = order()
    subject.apply(Trigger.REJECT, 200)
    subject.fill(4, 300)
    assert (OrderStatus.ACCEPTED, None) == (subject.status, subject.closed_ns)
    subject.apply(Trigger.CANCEL, 400)
    assert 400 == subject.closed_ns


def test_fills_add_up_to_the_size() -> None:
    """A part leaves the rest open, the last part closes, and more is returned as excess."""
    subject = order(size=10)
    subject.apply(Trigger.ACCEPT, 200)
    assert (0, 6) == (subject.fill(4, 300), subject.open_size)
    assert (2, 0) == (subject.fill(8, 400), subject.open_size)
    assert (OrderStatus.FILLED, 10, 400) == (subject.status, subject.filled, subject.closed_ns)
    assert (5, 10) == (subject.fill(5, 500), subject.filled)


def test_a_late_fill_of_a_canceled_order_is_believed() -> None:
    """A trade that was matched before the cancel counts; the order stays canceled."""
    subject = order(size=10)
    subject.apply(Trigger.CANCEL, 200)
    assert 0 == subject.fill(4, 300)
    assert (OrderStatus.CANCELED, 4, 0) == (subject.status, subject.filled, subject.open_size)


class StoreAgainstList(RuleBasedStateMachine):
    """Drives a store, and a plain list that is searched for every question."""

    def __init__(self) -> None:
        super().__init__()
        self.store = OrderStore()
        self.orders: list[Order] = []
        self.now_ns = 1_000

    @rule(token=st.sampled_from(TOKENS), number=st.integers(0, 20))
    def add(self, token: TokenId, number: int) -> None:
        """Add an order; an id that is taken is refused."""
        new = order(number, token)
        if new.order_id in {known.order_id for known in self.orders}:
            with pytest.raises(InvariantError, match=f"{new.order_id} is used twice"):
                self.store.add(new)
        else:
            self.store.add(new)
            self.orders.append(new)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), trigger=st.sampled_from([t for t in Trigger if "fill" not in t]))
    def step(self, data: st.DataObject, trigger: Trigger) -> None:
        """Change the state of an order and file it."""
        subject = data.draw(st.sampled_from(self.orders))
        if (subject.status, trigger) in TRANSITIONS:
            self.now_ns += 1
            subject.apply(trigger, self.now_ns)
            self.store.settle(subject)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), size=st.integers(1, 12))
    def fill(self, data: st.DataObject, size: int) -> None:
        """Fill an order, open or closed, and file it."""
        subject = data.draw(st.sampled_from(self.orders))
        self.now_ns += 1
        before = subject.filled
        assert size == subject.fill(size, self.now_ns) + subject.filled - before
        self.store.settle(subject)

    @rule(age_ns=st.integers(0, 20))
    def forget(self, age_ns: int) -> None:
        """Forget what was closed long enough ago; a reopened order stays."""
        before_ns = self.now_ns - age_ns
        old = [o for o in self.orders if o.closed_ns is not None and o.closed_ns < before_ns]
        assert len(old) == self.store.forget(before_ns)
        self.orders = [o for o in self.orders if o not in old]

    @invariant()
    def is_the_list(self) -> None:
        """Lookup, open orders and size are the list's."""
        self.store.check()
        assert len(self.orders) == len(self.store)
        assert self.orders == [self.store.get(o.order_id) for o in self.orders]
        for token in TOKENS:
            mine = {o.order_id for o in self.orders if o.is_open and o.new.token == token}
            assert mine == {o.order_id for o in self.store.open_of(token)}
        still_open = sorted(o.order_id for o in self.orders if o.is_open)
        assert still_open == sorted(o.order_id for o in self.store.open_orders())


TestStoreAgainstList = StoreAgainstList.TestCase


def test_an_unknown_id_is_none() -> None:
    """An id that is not ours finds nothing, and a token without orders has none open."""
    store = OrderStore()
    assert (None, []) == (store.get(OrderId("x")), store.open_of(TOKENS[0]))


def test_open_orders_come_in_the_order_they_opened() -> None:
    """The first to open is the first in the list."""
    store = OrderStore()
    orders = [order(number) for number in (3, 1, 2)]
    for one in orders:
        store.add(one)
    assert orders == store.open_of(TOKENS[0])


def test_check_finds_an_order_that_was_not_filed() -> None:
    """A state changed without `settle` makes the open index wrong."""
    store, subject = OrderStore(), order()
    store.add(subject)
    subject.apply(Trigger.CANCEL, 200)
    with pytest.raises(InvariantError, match="off by 1 orders"):
        store.check()


def test_check_finds_an_overfilled_order() -> None:
    """No order is filled beyond its size."""
    store, subject = OrderStore(), order(size=10)
    store.add(subject)
    subject.filled = 11
    with pytest.raises(InvariantError, match="order o1 filled 11"):
        store.check()
