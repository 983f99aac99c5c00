"""The journal's ledger agrees with the chain at every moment of an honest run, and only then."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import InputError, JournalError
from bot.domain.events import OrderFilled, RunStarted
from bot.domain.ledger import Fill
from bot.domain.market import Outcome, Side, TokenId
from bot.domain.orders import OrderId
from bot.domain.reports import TradeState
from bot.domain.units import NS_PER_S
from bot.journal import read_journal
from bot.journal.segment import segments
from exporters.wallet.amounts import Amounts, compare
from exporters.wallet.ledger import JournalLedger
from tests.bot.wallet.world import MARKET
from tests.exporters.wallet.story import USD, Story

NOTHING = (0.0, 0.0, 0.0)


def mismatch(story: Story, ledger: JournalLedger | None = None) -> tuple[float, float, float]:
    """What a look at this moment leaves unexplained."""
    ledger = JournalLedger(story.directory) if ledger is None else ledger
    ledger.follow()
    claim = ledger.claim(story.now_s * NS_PER_S)
    return compare(claim, story.chain).mismatch_usd


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A run that has told its account once."""
    told = Story(tmp_path)
    told.minute()
    return told


def test_each_step_of_a_trade_agrees(story: Story) -> None:
    """Matched, landed, confirmed, reported: never a mismatch on the way."""
    fill = story.match()
    assert NOTHING == mismatch(story)
    story.mark()
    assert NOTHING == mismatch(story)
    story.land(fill)
    assert NOTHING == mismatch(story)
    story.now_s += 5
    story.settle(fill)
    assert NOTHING == mismatch(story)
    story.minute()
    assert NOTHING == mismatch(story)
    assert Amounts(cash=23 * USD, yes=5 * USD) == story.chain


def test_a_trade_that_fails_leaves_nothing(story: Story) -> None:
    """Before and after the next account."""
    fill = story.match()
    story.mark()
    story.settle(fill, TradeState.FAILED)
    assert NOTHING == mismatch(story)
    story.minute()
    assert NOTHING == mismatch(story)


def test_a_failure_before_any_account_leaves_nothing(story: Story) -> None:
    """The match was in no account yet."""
    story.settle(story.match(), TradeState.FAILED)
    assert NOTHING == mismatch(story)


def test_what_is_told_twice_or_of_another_market_counts_once_or_not(story: Story) -> None:
    """A fill told again, one of a token that is none of ours, a state of a trade nobody knows."""
    story.land(story.match())
    told = next(e for e in read_journal(story.directory) if isinstance(e, OrderFilled))
    story.write(told)
    story.write(msgspec.structs.replace(told, trade_id="foreign", token=TokenId("5")))
    story.settle(Fill("unknown", OrderId("o"), MARKET.yes, Side.BUY, 1, 1))
    story.quote(None, 4_000)
    assert NOTHING == mismatch(story)
    assert 1 == len(_followed(story).claim(story.now_s * NS_PER_S).moves)


def test_a_missed_fill_is_found(story: Story) -> None:
    """The chain has it, the bot was never told."""
    story.land(story.match(is_told=False))
    assert (-2.0, 2.5, 0.0) == mismatch(story)
    story.minute()
    assert (-2.0, 2.5, 0.0) == mismatch(story)


def test_a_confirmed_trade_that_never_landed_is_found(story: Story) -> None:
    """Once the block must have it: ten seconds for the clocks."""
    fill = story.match(Side.BUY, token=MARKET.no)
    story.settle(fill)
    assert NOTHING == mismatch(story)
    story.now_s += 11
    assert (2.0, 0.0, -2.5) == mismatch(story)


def test_a_match_is_on_its_way_for_an_hour_at_most(story: Story) -> None:
    """Then it is what the ledger says, and the chain does not have it."""
    story.match()
    story.now_s += 3_500
    story.mark()
    assert NOTHING == mismatch(story)
    story.now_s += 200
    assert (2.0, -2.5, 0.0) == mismatch(story)
    story.now_s += 7_200
    story.mark()
    story.mark()
    assert (2.0, -2.5, 0.0) == mismatch(story)


def test_money_moved_by_hand_is_found_until_the_restart(story: Story) -> None:
    """A start rebuilds from the chain."""
    story.chain = story.chain.plus(Amounts(cash=7 * USD))
    assert (7.0, 0.0, 0.0) == mismatch(story)
    story.begin()
    story.minute()
    assert NOTHING == mismatch(story)


def test_restart_with_holdings_and_a_match_under_way(story: Story) -> None:
    """What landed is in the opening balances, what did not is still on its way."""
    landed = story.match()
    story.land(landed)
    story.settle(landed)
    under_way = story.match(Side.SELL, 6_000)
    story.mark()
    story.now_s += 100
    story.begin()
    story.ledger.apply(under_way)  # adopted: told by the earlier run already
    story.minute()
    assert NOTHING == mismatch(story)
    story.land(under_way)
    assert NOTHING == mismatch(story)
    story.settle(under_way)
    story.now_s += 60
    assert NOTHING == mismatch(story)


def test_the_mid_is_that_of_the_last_sample(story: Story) -> None:
    """Tokens are worth what the market says."""
    story.land(story.match(is_told=False))
    story.quote(1_000, 3_000)
    assert (-2.0, 1.0, 0.0) == mismatch(story)


def test_nothing_is_claimed_before_there_is_an_account(tmp_path: Path) -> None:
    """None yet, or one from before the first report, when a run still takes things over."""
    ledger = JournalLedger(tmp_path / "journal")
    with pytest.raises(JournalError, match="no journal"):
        ledger.follow()
    with pytest.raises(InputError, match="no run with an account"):
        ledger.claim(0)
    story = Story(tmp_path)
    story.mark()
    with pytest.raises(InputError, match="not told its account yet"):
        mismatch(story)
    assert (MARKET.yes, MARKET.no) == _followed(story).tokens


@pytest.mark.parametrize(
    "change",
    [{"cash": None}, {"outcomes": {}}, {"outcomes": dict.fromkeys("1234", Outcome.YES)}],
)
def test_a_run_without_an_account_is_compared_with_nothing(
    story: Story, change: dict[str, object]
) -> None:
    """On paper, of an older program, or in two markets."""
    started = next(e for e in read_journal(story.directory) if isinstance(e, RunStarted))
    story.write(msgspec.structs.replace(started, **change))
    story.minute()
    with pytest.raises(InputError, match="no run with an account in one market"):
        mismatch(story)


def test_a_damaged_line_may_have_been_a_fill(story: Story) -> None:
    """Nothing is claimed until the next account."""
    path = segments(story.directory)[-1]
    path.write_bytes(path.read_bytes() + b"{damaged}\n")
    with pytest.raises(InputError, match="damaged"):
        mismatch(story)
    story.minute()
    assert NOTHING == mismatch(story)


def test_a_deleted_segment_is_read_around_from_the_beginning(story: Story) -> None:
    """The look fails once, and the next one reads what is left."""
    ledger = _followed(story)
    segments(story.directory)[-1].unlink()
    with pytest.raises(JournalError, match="is gone"):
        ledger.follow()
    story.minute()
    assert NOTHING == mismatch(story, ledger)


def _followed(story: Story) -> JournalLedger:
    ledger = JournalLedger(story.directory)
    ledger.follow()
    return ledger


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_honest_run_never_shows_a_mismatch(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Trades land between match and confirmation, fail, and accounts are told at any time."""
    story = Story(tmp_path_factory.mktemp("run"))
    story.minute()
    ledger = JournalLedger(story.directory)
    waiting: list[Fill] = []
    landed: list[Fill] = []
    for _ in range(data.draw(st.integers(1, 12))):
        story.now_s += data.draw(st.sampled_from([0, 1, 20]))
        match data.draw(st.sampled_from(["match", "land", "settle", "fail", "mark"])):
            case "match":
                side = data.draw(st.sampled_from(Side))
                token = data.draw(st.sampled_from(MARKET.tokens))
                waiting.append(story.match(side, data.draw(st.integers(1, 9_999)), token=token))
            case "land" if waiting:
                landed.append(waiting.pop())
                story.land(landed[-1])
            case "settle" if landed:
                story.settle(landed.pop())
            case "fail" if waiting:
                story.settle(waiting.pop(), TradeState.FAILED)
            case _:
                story.mark()
        assert NOTHING == mismatch(story, ledger)
