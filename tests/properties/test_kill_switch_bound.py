"""The kill switch over random markets: how much can be lost, and that nothing leaves afterwards.

The bound. At the moment of the trip the account holds tokens, and orders rest or are under way. As
equity is linear in the mid, and the mid stays between 0 and 1 dollar, it can never fall below

    min over the outcomes 0 and 1 of
        worth of the holdings at that outcome + the orders that would lose there, filled whole

because no order leaves after the latch. The bound is met with equality when the market runs to the
losing end through every quote before the cancels arrive.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import PaperSetup, Session
from bot.domain import events
from bot.domain.market import Outcome, Side
from bot.domain.orders import Order
from bot.domain.units import PRICE_SCALE, cash_paid, cash_received
from bot.latch import LatchFile
from bot.risk.kill_switch import Latch
from bot.risk.limits import RiskLimits
from bot.sandbox.market import GeneratedMarketConfig
from tests.scenarios.play import EAGER, Played, play, tape_lines, write_lines

LOSS_MAX = 100_000
"""Ten cents: small enough to be lost within minutes."""
SETUP = msgspec.structs.replace(
    EAGER,
    engine=msgspec.structs.replace(
        EAGER.engine,
        risk=RiskLimits(loss_max=LOSS_MAX),
        strategy=msgspec.structs.replace(EAGER.engine.strategy, jump_ticks=1_000),
    ),
)
OUTCOMES = (0, PRICE_SCALE)
JUMPY = st.builds(
    GeneratedMarketConfig,
    seed=st.integers(0, 10_000),
    duration_s=st.just(300),
    activity=st.just(15.0),
    jumps_per_day=st.just(1_000.0),
    jump_size=st.sampled_from((0.5, 1.0, 2.0)),
    fair_vol_per_day=st.just(2.0),
)


class Witness(LatchFile):
    """A latch on disk that works out, at the moment of the trip, what can still be lost."""

    session: Session
    least_equity: int | None = None

    def save(self, latch: Latch) -> None:
        """Note the bound, then latch."""
        accounting = self.session.engine.accounting
        (ledger,) = accounting.ledgers.values()
        orders = list(accounting.orders.open_orders())
        self.least_equity = min(
            ledger.mark(outcome).equity + sum(self.loss(order, outcome) for order in orders)
            for outcome in OUTCOMES
        )
        super().save(latch)

    def loss(self, order: Order, yes_price: int) -> int:
        """What an order filled whole would lose if YES ended at a price; never positive."""
        new, size = order.new, order.open_size
        is_yes = self.session.engine.data._tokens[new.token].outcome is Outcome.YES
        worth = size * (yes_price if is_yes else PRICE_SCALE - yes_price) // PRICE_SCALE
        if new.side is Side.BUY:
            return min(0, worth - cash_paid(new.price, size))
        return min(0, cash_received(new.price, size) - worth)

    def watch(self, session: Session) -> None:
        """Look at this session."""
        self.session = session


def play_market(
    config: GeneratedMarketConfig, folder: Path, setup: PaperSetup = SETUP
) -> tuple[Played, Witness]:
    """Trade a generated market with a latch in `folder`."""
    path = write_lines(folder / "tape.jsonl", tape_lines(config))
    witness = Witness(folder / "state")
    return play(path, setup, latch=witness, on_session=witness.watch), witness


def submitted_after_trip(played: Played) -> int:
    """Orders that left after the switch tripped."""
    tripped = [e.seq for e in played.events if isinstance(e, events.KillSwitchTripped)]
    orders = [e.seq for e in played.events if isinstance(e, events.OrderSubmitted)]
    return sum(seq > tripped[0] for seq in orders) if tripped else 0


@settings(max_examples=5)
@given(JUMPY)
def test_no_market_takes_more_than_the_bound(config: GeneratedMarketConfig) -> None:
    """Before the trip no loss beyond the limit is passed over; after it the bound holds."""
    with TemporaryDirectory() as folder:
        played, witness = play_market(config, Path(folder))
        (ledger,) = played.session.engine.accounting.ledgers.values()
        (book, _) = (state.book for state in played.session.engine.data._tokens.values())
        if witness.least_equity is None:
            assert book.mid is None or ledger.mark(book.mid).equity > -LOSS_MAX
            return
        assert witness.least_equity <= min(ledger.mark(outcome).equity for outcome in OUTCOMES)
        assert 0 == submitted_after_trip(played)
        tripped = [e for e in played.events if isinstance(e, events.KillSwitchTripped)]
        assert [True] == [event.loss >= LOSS_MAX for event in tripped]


@pytest.fixture(scope="module")
def fatal(tmp_path_factory: pytest.TempPathFactory) -> tuple[GeneratedMarketConfig, Path, Played]:
    """A market that trips the switch, its folder, and the run that tripped it."""
    for seed in range(30):
        folder = tmp_path_factory.mktemp("fatal")
        config = GeneratedMarketConfig(
            seed=seed, duration_s=300, activity=15.0, jumps_per_day=1_000.0, jump_size=1.0
        )
        played, witness = play_market(config, folder)
        if witness.least_equity is not None:
            return config, folder, played
    raise AssertionError("no market of 30 tripped the switch")


def test_nothing_leaves_after_a_restart_either(
    fatal: tuple[GeneratedMarketConfig, Path, Played],
) -> None:
    """The latch on disk keeps the next run from placing a single order, until a person resets."""
    config, folder, _ = fatal
    again, _ = play_market(config, folder)
    assert 0 == again.tally.submitted
    assert LatchFile(folder / "state").reset()
    armed, _ = play_market(config, folder)
    assert armed.tally.submitted > 0


def test_a_bot_without_a_latch_on_disk_would_trade_again(
    fatal: tuple[GeneratedMarketConfig, Path, Played],
) -> None:
    """What the latch is for: the same bot without it places orders after a restart."""
    config, folder, first = fatal
    path = write_lines(folder / "tape.jsonl", tape_lines(config))
    assert 0 == submitted_after_trip(first)
    assert play(path, SETUP).tally.submitted > 0


def test_a_bot_without_a_kill_switch_would_trade_on(
    fatal: tuple[GeneratedMarketConfig, Path, Played],
) -> None:
    """The same market with a limit out of reach: orders leave after the loss was reached."""
    config, folder, first = fatal
    tripped_ns = next(e.ts_ns for e in first.events if isinstance(e, events.KillSwitchTripped))
    engine = msgspec.structs.replace(SETUP.engine, risk=RiskLimits(loss_max=10**12))
    path = write_lines(folder / "tape.jsonl", tape_lines(config))
    unsafe = play(path, msgspec.structs.replace(SETUP, engine=engine))
    later = [e for e in unsafe.events if isinstance(e, events.OrderSubmitted)]
    assert any(event.ts_ns > tripped_ns for event in later)
