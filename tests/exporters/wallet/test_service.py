"""A look that fails changes nothing that was known, is counted, and is said once."""

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from web3.types import RPCEndpoint

from bot.clock import SystemClock
from bot.domain.errors import VenueUnavailable
from bot.domain.units import NS_PER_S
from bot.wallet.chain import Balances, Chain
from bot.wallet.contracts import CHAIN_ID
from bot.wallet.rpc import Node, Nodes
from exporters.catalogue import METRICS, balance
from exporters.pace import LOOK_S
from exporters.wallet.export import WalletMetrics
from exporters.wallet.gas import GasBook
from exporters.wallet.ledger import JournalLedger
from exporters.wallet.service import Result, WalletService
from tests.bot.wallet.test_rpc import FakeNode, serving
from tests.bot.wallet.world import MARKET, OWNER, World
from tests.exporters.wallet.story import USD, Story

CASH = {"asset": "cash"}


class FakeChain:
    """Answers with the story's chain, or with what it is told to answer."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.is_away = False
        self.behind_s = 0
        self.asked: list[Sequence[str]] = []

    def balances(self, address: str, payer: str, tokens: Sequence[str]) -> Balances:
        """The wallet now, of the tokens asked for."""
        self.asked.append(tokens)
        if self.is_away:
            raise VenueUnavailable("only 0 of 2 nodes needed answer")
        now = self.story.balances()
        return msgspec.structs.replace(
            now,
            time_s=now.time_s - self.behind_s,
            tokens={token: now.tokens[token] for token in tokens},
        )


class Desk:
    """A service over a story, with the clock of the story."""

    def __init__(self, tmp_path: Path) -> None:
        self.story = Story(tmp_path)
        self.chain = FakeChain(self.story)
        self.registry = CollectorRegistry()
        self.said: list[str] = []
        self.failures = 0
        self.service = WalletService(
            self.chain,
            JournalLedger(self.story.directory),
            GasBook(tmp_path / "wallet-journal"),
            wallet=("0xaa", "0xbb"),
            clock=self,
            metrics=WalletMetrics(self.registry),
            node_failures=lambda: self.failures,
            say=self.said.append,
        )

    def now_ns(self) -> int:
        """The time."""
        return self.story.now_s * NS_PER_S

    def shown(self, metric: str, **labels: str) -> float:
        """One series."""
        value = self.registry.get_sample_value(metric, labels)
        assert value is not None
        return value

    def counted(self, result: Result) -> float:
        """Looks that came to this."""
        return self.shown(balance.CHECKS.name, result=str(result))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A run that has told its account once."""
    made = Desk(tmp_path)
    made.story.minute()
    return made


def test_everything_is_unknown_before_the_first_look(desk: Desk) -> None:
    """No false zero, and the time of the last check says never."""
    for metric in balance.METRICS:
        if metric.is_unknown_at_start:
            for asset in balance.ASSET.values or ():
                labels = {"asset": asset} if metric.labels else {}
                assert math.isnan(desk.shown(metric.name, **labels))
    assert 0.0 == desk.shown(balance.LAST_CHECK.name)
    assert set(balance.METRICS) <= set(METRICS.values())


def test_an_honest_look_shows_both_sides(desk: Desk) -> None:
    """Chain, ledger, what is between them, and when."""
    desk.story.land(desk.story.match())
    look = desk.service.step()
    assert (Result.COMPARED, None) == (look.result, look.trouble)
    assert [(MARKET.yes, MARKET.no)] == desk.chain.asked
    assert 23.0 == desk.shown(balance.CHAIN.name, **CASH) == desk.shown(balance.LEDGER.name, **CASH)
    assert 2.5 == desk.shown(balance.CHAIN.name, asset="yes")
    assert 0.0 == desk.shown(balance.MISMATCH.name, **CASH)
    assert 1.0 == desk.shown(balance.IN_FLIGHT.name)
    assert desk.story.now_s == desk.shown(balance.LAST_CHECK.name)
    assert (23.0, 3.0, 1.0) == tuple(
        desk.shown(metric.name) for metric in (balance.PUSD, balance.USDC_E, balance.GAS)
    )
    assert [] == desk.said


def test_a_dead_chain_changes_nothing_that_was_known(desk: Desk) -> None:
    """A mismatch stays a mismatch, its time stays old, and the failure is counted and said once."""
    desk.story.land(desk.story.match(is_told=False))
    desk.service.step()
    known_s = desk.story.now_s
    desk.chain.is_away = True
    desk.failures = 4
    for _ in range(3):
        desk.story.minute()
        assert Result.NO_CHAIN == desk.service.step().result
    assert -2.0 == desk.shown(balance.MISMATCH.name, **CASH)
    assert known_s == desk.shown(balance.LAST_CHECK.name)
    assert (3.0, 4.0) == (desk.counted(Result.NO_CHAIN), desk.shown(balance.NODE_FAILURES.name))
    assert 1 == len(desk.said)
    desk.chain.is_away = False
    desk.service.step()
    assert "compared again" in desk.said[-1]


def test_nodes_that_stand_still_are_not_believed(desk: Desk) -> None:
    """Two that agree on a block of ten minutes ago tell of no mismatch."""
    desk.chain.behind_s = 600
    look = desk.service.step()
    assert Result.NO_CHAIN == look.result
    assert "the nodes stand still: block 100 is 600 s old" in str(look.trouble)
    assert math.isnan(desk.shown(balance.MISMATCH.name, **CASH))


def test_without_a_ledger_the_chain_is_shown_and_nothing_compared(tmp_path: Path) -> None:
    """A journal that is not there yet, or tells nothing yet, makes no mismatch."""
    desk = Desk(tmp_path)
    look = desk.service.step()
    assert (Result.NO_LEDGER, 25.0) == (look.result, desk.shown(balance.PUSD.name))
    assert math.isnan(desk.shown(balance.MISMATCH.name, **CASH))
    for path in desk.story.directory.iterdir():
        path.unlink()
    assert "no journal" in str(desk.service.step().trouble)
    assert 2.0 == desk.counted(Result.NO_LEDGER)


def test_a_run_that_begins_during_the_look_is_for_the_next(desk: Desk) -> None:
    """Its tokens were not asked for: they are not zero."""
    story, balances = desk.story, desk.chain.balances

    def meanwhile(address: str, payer: str, tokens: Sequence[str]) -> Balances:
        found = balances(address, payer, ())
        story.minute()
        return found

    desk.chain.balances = meanwhile  # type: ignore[method-assign]
    assert "another run began" in str(desk.service.step().trouble)


def test_a_wallet_journal_that_cannot_be_read_leaves_gas_unknown(
    desk: Desk, tmp_path: Path
) -> None:
    """The rest is shown."""
    (tmp_path / "wallet-journal").mkdir()
    (tmp_path / "wallet-journal" / "journal-1-000000.jsonl").write_text("{}\n")
    assert Result.COMPARED == desk.service.step().result
    assert math.isnan(desk.shown(balance.GAS_MISMATCH.name))


def test_it_looks_every_minute_until_told_to_stop(desk: Desk) -> None:
    """And is well while it does, whatever the chain does."""
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 2

    assert not desk.service.health().is_well
    desk.chain.is_away = True
    desk.service.run(wait)
    assert [LOOK_S] * 2 == waits
    assert desk.service.health().is_well
    assert "only 0 of 2" in str(desk.service.health().trouble)
    desk.story.now_s += 1_000
    assert not desk.service.health().is_well


class Liar(FakeNode):
    """A node on the real chain's head that says every balance is 0."""

    def __init__(self, world: World) -> None:
        super().__init__(balance=0)
        self._web3 = world.web3

    def answer(self, method: str, parameters: list[str]) -> dict[str, object]:
        """Lie about balances, and pass every other question on."""
        if method == "eth_call":
            return {"result": "0x" + "00" * 32}
        if method == "eth_getBalance":
            return {"result": "0x0"}
        return dict(self._web3.provider.make_request(RPCEndpoint(method), parameters))


class RealDesk:
    """A service over a story and the nodes of a real chain."""

    def __init__(self, story: Story, nodes: Nodes, tmp_path: Path) -> None:
        self.registry = CollectorRegistry()
        self.service = WalletService(
            Chain(nodes),
            JournalLedger(story.directory),
            GasBook(tmp_path / "none"),
            wallet=(OWNER.address, OWNER.address),
            clock=SystemClock(),
            metrics=WalletMetrics(self.registry),
            node_failures=lambda: nodes.failures,
            say=lambda _: None,
        )

    def mismatch(self, asset: str = "cash") -> float | None:
        """What is shown."""
        return self.registry.get_sample_value(balance.MISMATCH.name, {"asset": asset})


@pytest.fixture
def held(world: World, tmp_path: Path) -> Story:
    """A run whose account the real chain shows: $23 and five YES."""
    story = Story(tmp_path, start_s=SystemClock().now_ns() // NS_PER_S - 60)
    story.land(story.match())
    story.minute()
    world.give(OWNER.address, pusd=23 * USD, yes=5 * USD, usdc_e=USD)
    return story


def test_a_real_chain_is_compared_with_the_ledger(
    world: World, held: Story, tmp_path: Path
) -> None:
    """A real EVM, two nodes: what is there agrees, what was not told is found."""
    desk = RealDesk(held, world.nodes, tmp_path)
    assert Result.COMPARED == desk.service.step().result
    assert 0.0 == desk.mismatch()
    assert 10.0 == desk.registry.get_sample_value(balance.GAS.name)
    world.give(OWNER.address, pusd=7 * USD, no=2 * USD)
    desk.service.step()
    assert (7.0, 1.0) == (desk.mismatch(), desk.mismatch("no"))


def test_a_node_that_lies_makes_no_zero_and_no_mismatch(
    world: World, held: Story, anvil_url: str, tmp_path: Path
) -> None:
    """Against one honest node nobody is believed; against two it is outvoted."""
    honest = [Node(anvil_url), Node(anvil_url.replace("127.0.0.1", "localhost"))]
    with serving(Liar(world)) as url:
        liar = Node(url)
        alone = RealDesk(held, Nodes([honest[0], liar], CHAIN_ID), tmp_path)
        look = alone.service.step()
        assert (Result.NO_CHAIN, None) == (look.result, look.balances)
        assert "no two nodes agree" in str(look.trouble)
        assert math.isnan(alone.mismatch() or 0.0)
        outvoted = RealDesk(held, Nodes([liar, *honest], CHAIN_ID), tmp_path)
        assert Result.COMPARED == outvoted.service.step().result
        assert 0.0 == outvoted.mismatch()
