"""Nodes rotate when one is away, and two must agree before they are believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from web3 import Web3

from bot.domain.errors import SettingsError, VenueUnavailable
from bot.wallet.rpc import Node, Nodes, nodes_of
from tests.loopback import answering

CHAIN_ID = 137
DEAD = "http://127.0.0.1:9/secret-key"
WALLET = Web3.to_checksum_address("0x" + "ab" * 20)


class FakeNode:
    """A node that answers three questions; `balance` None answers the balance with an error."""

    def __init__(self, balance: int | None = 5, head: int = 100, chain_id: int = CHAIN_ID) -> None:
        self.balance = balance
        self.head = head
        self.chain_id = chain_id
        self.blocks: list[str] = []

    def answer(self, method: str, parameters: list[str]) -> dict[str, object]:
        """Answer one question."""
        if method == "eth_chainId":
            return {"result": hex(self.chain_id)}
        if method == "eth_blockNumber":
            return {"result": hex(self.head)}
        self.blocks.append(parameters[1])
        if self.balance is None:
            return {"error": {"code": -32000, "message": "secret trouble"}}
        return {"result": hex(self.balance)}


@contextmanager
def serving(node: FakeNode) -> Iterator[str]:
    """Serve a fake node on the loopback; gives its URL."""

    def answer(body: bytes) -> bytes:
        asked = json.loads(body)
        told = node.answer(asked["method"], asked["params"])
        return json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}).encode()

    with answering(answer) as url:
        yield url


@contextmanager
def chain(*fakes: FakeNode | None) -> Iterator[Nodes]:
    """Nodes of these; `None` is one that is away."""
    with ExitStack() as stack:
        urls = [DEAD if fake is None else stack.enter_context(serving(fake)) for fake in fakes]
        yield Nodes([Node(url) for url in urls], CHAIN_ID)


def balance(web3: Web3, block: int) -> int:
    """The question of these tests."""
    return int(web3.eth.get_balance(WALLET, block))


def test_dead_node_is_passed_over_and_asked_last_from_then_on() -> None:
    """A plain question needs one answer."""
    with chain(None, FakeNode(balance=7)) as nodes:
        assert (
            7
            == nodes.first(lambda web3: balance(web3, 1))
            == nodes.first(lambda web3: balance(web3, 1))
        )
        assert 1 == nodes.failures


def test_nobody_answers_is_an_error_that_names_hosts_and_no_keys() -> None:
    """The rest of a URL may be a password."""
    with (
        chain(None, FakeNode(balance=None)) as nodes,
        pytest.raises(VenueUnavailable, match=r"127\.0\.0\.1:9: ConnectionError") as raised,
    ):
        nodes.first(lambda web3: balance(web3, 1))
    assert "secret" not in str(raised.value)


def test_two_that_agree_are_believed_at_a_block_both_have() -> None:
    """A third that is away or lies does not matter."""
    ahead = FakeNode(head=103)
    for third in (None, FakeNode(balance=999), FakeNode(head=10**9)):
        with chain(third, FakeNode(), ahead) as nodes:
            assert 5 == nodes.agreed(balance)
    assert {hex(100), hex(103)} >= set(ahead.blocks)


@pytest.mark.parametrize(
    ("fakes", "expected"),
    [
        ((FakeNode(), None), "only 1 of 2 nodes needed answer"),
        ((None, None), "only 0 of 2"),
        ((FakeNode(), FakeNode(balance=6)), "no two nodes agree"),
        ((FakeNode(1), FakeNode(2), FakeNode(3)), "no two nodes agree"),
        ((FakeNode(), FakeNode(balance=None)), "only 1 of 2"),
        ((FakeNode(), FakeNode(head=1)), "99 blocks apart"),
        ((FakeNode(), FakeNode(chain_id=1)), "is of chain 1, not 137"),
    ],
)
def test_anything_less_moves_no_money(fakes: tuple[FakeNode | None, ...], expected: str) -> None:
    """A node that lies, lags, fails or is of another chain."""
    with chain(*fakes) as nodes, pytest.raises(VenueUnavailable, match=expected):
        nodes.agreed(balance)


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ("", "no node of the chain"),
        ("polygon", "no http"),
        ("ftp://a", "no http"),
        ("https://a/1 https://a/2", "names a twice"),
    ],
)
def test_useless_setting_is_refused(urls: str, expected: str) -> None:
    """One host under two names cannot vouch for itself."""
    with pytest.raises(SettingsError, match=expected):
        nodes_of(urls, CHAIN_ID)


def test_password_in_an_address_is_not_part_of_a_name() -> None:
    """Names are printed."""
    assert "node.example:8545" == Node("https://user:pass@node.example:8545/key").name


def test_block_of_polygon_is_read_in_spite_of_its_extra_data() -> None:
    """Validators sign in it: it is longer than the library takes for right."""
    block = {"number": hex(7), "timestamp": hex(1_795_000_000), "extraData": "0x" + "ab" * 129}

    class Polygon(FakeNode):
        def answer(self, method: str, parameters: list[str]) -> dict[str, object]:
            return {"result": block}

    with serving(Polygon()) as url:
        read = Node(url).ask(lambda web3: web3.eth.get_block(7)["timestamp"])
    assert 1_795_000_000 == read
