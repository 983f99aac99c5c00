"""Several nodes of one chain: rotated when one fails, and compared before they are believed.

A public node may be away, slow, behind, or wrong. A plain question goes to one after the other
until one answers; a question on which money hangs needs the same answer from two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from requests.exceptions import RequestException
from web3 import HTTPProvider, Web3
from web3.exceptions import ContractLogicError, Web3Exception
from web3.middleware import ExtraDataToPOAMiddleware

from bot.domain.errors import InputError, SettingsError, VenueUnavailable

TIMEOUT_S = 5.0
AGREEING = 2
"""Nodes that must say the same before money moves."""
BLOCKS_APART_MAX = 50
"""Two nodes further apart than this (about 100 s) see different pasts."""

T = TypeVar("T")


class Node:
    """One node. `name` is its host alone: the rest of its URL may hold a key."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        """Connect to nothing yet."""
        self.name = urlsplit(url).netloc.rpartition("@")[2]
        provider = HTTPProvider(
            url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None
        )
        self.web3 = Web3(provider)
        # Polygon's blocks carry more extra data than the library allows without it.
        self.web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    def ask(self, question: Callable[[Web3], T]) -> T:
        """Return the answer. Raises VenueUnavailable for a node that gives none.

        A call that the chain itself refuses is an answer: InputError with its reason.
        """
        try:
            return question(self.web3)
        except ContractLogicError as error:
            raise InputError(f"the chain refuses this: {error.message or 'no reason'}") from error
        except (RequestException, Web3Exception, ValueError, TypeError, OverflowError) as error:
            # Their texts quote the URL.
            raise VenueUnavailable(f"{self.name}: {type(error).__name__}") from None


class Nodes:
    """The nodes of one chain. `failures` counts the questions that a node did not answer."""

    def __init__(self, nodes: Sequence[Node], chain_id: int) -> None:
        """Raise SettingsError without a node."""
        if not nodes:
            raise SettingsError("no node of the chain is named: set PMM_RPC_URLS")
        self._nodes = list(nodes)
        self._chain_id = chain_id
        self._checked: set[str] = set()
        self.failures = 0

    def first(self, question: Callable[[Web3], T]) -> T:
        """Return the first answer; a node that fails goes to the end of the line.

        Raises VenueUnavailable naming every node when none answers, InputError for a call that the
        chain refuses.
        """
        troubles: list[str] = []
        for node in list(self._nodes):
            try:
                return self._ask(node, question)
            except VenueUnavailable as error:
                troubles.append(str(error))
                self._nodes.remove(node)
                self._nodes.append(node)
        raise VenueUnavailable(f"no node answers ({'; '.join(troubles)})")

    def agreed(self, question: Callable[[Web3, int], T]) -> T:
        """Return what two nodes say at one block; the question gets the block's number.

        Raises VenueUnavailable when fewer than two answer, are too far apart, or no two agree.
        """
        heads, troubles = self._everyone(lambda web3: int(web3.eth.block_number))
        if len(heads) < AGREEING:
            raise VenueUnavailable(_too_few(len(heads), troubles))
        # The highest block that two have: one that lies about its head cannot set it alone.
        first, second = sorted(heads.values(), reverse=True)[:AGREEING]
        if first - second > BLOCKS_APART_MAX and len(heads) == AGREEING:
            raise VenueUnavailable(f"the nodes are {first - second} blocks apart: {_list(heads)}")
        answers, troubles = self._everyone(lambda web3: question(web3, second))
        for answer in answers.values():
            if sum(answer == other for other in answers.values()) >= AGREEING:
                return answer
        if len(answers) < AGREEING:
            raise VenueUnavailable(_too_few(len(answers), troubles))
        raise VenueUnavailable(f"no two nodes agree: {_list(answers)}; nothing was sent")

    def _everyone(self, question: Callable[[Web3], T]) -> tuple[dict[str, T], list[str]]:
        answers: dict[str, T] = {}
        troubles: list[str] = []
        for node in self._nodes:
            try:
                answers[node.name] = self._ask(node, question)
            except VenueUnavailable as error:
                troubles.append(str(error))
        return answers, troubles

    def _ask(self, node: Node, question: Callable[[Web3], T]) -> T:
        try:
            if node.name not in self._checked:
                self._check_chain(node)
            return node.ask(question)
        except VenueUnavailable:
            self.failures += 1
            raise

    def _check_chain(self, node: Node) -> None:
        chain_id = node.ask(lambda web3: web3.eth.chain_id)
        if chain_id != self._chain_id:
            raise VenueUnavailable(f"{node.name}: is of chain {chain_id}, not {self._chain_id}")
        self._checked.add(node.name)


def nodes_of(urls: str, chain_id: int) -> Nodes:
    """Return the nodes that a setting names, separated by blanks.

    Raises SettingsError for what is no http address, and for one host named twice: it cannot agree
    with itself.
    """
    nodes = [Node(url) for url in urls.split()]
    names = [node.name for node in nodes]
    for url, name in zip(urls.split(), names, strict=True):
        if urlsplit(url).scheme not in {"http", "https"} or not name:
            raise SettingsError("PMM_RPC_URLS holds something that is no http(s) address")
        if names.count(name) > 1:
            raise SettingsError(f"PMM_RPC_URLS names {name} twice: it cannot agree with itself")
    return Nodes(nodes, chain_id)


def _too_few(count: int, troubles: Sequence[str]) -> str:
    return f"only {count} of {AGREEING} nodes needed answer ({'; '.join(troubles) or 'none named'})"


def _list(answers: dict[str, T]) -> str:
    return ", ".join(f"{name} says {answer}" for name, answer in answers.items())
