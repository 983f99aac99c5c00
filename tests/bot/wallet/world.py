"""A small chain to move money on: balances to order, and an owner nobody else has."""

from __future__ import annotations

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.types import RPCEndpoint

from bot.domain.market import ConditionId, Market, TokenId
from bot.wallet import contracts
from bot.wallet.chain import Chain, checksummed
from bot.wallet.operations import Call, encoded
from bot.wallet.rpc import Nodes
from bot.wallet.sender import Mined, Sender

OWNER: LocalAccount = Account.from_key("0x" + "42" * 32)
SAFE = "0x" + "5a" * 20
MARKET = Market(
    condition_id=ConditionId("0x" + "ab" * 32),
    slug="will-it-rain",
    question="Will it rain?",
    yes=TokenId("7"),
    no=TokenId("9"),
    tick=100,
    size_min=5_000_000,
)
USD = 1_000_000


class World:
    """The chain as the tests set it up. `told` is what was mined."""

    def __init__(self, web3: Web3, nodes: Nodes, safe_code: str) -> None:
        self.web3 = web3
        self.nodes = nodes
        self.chain = Chain(nodes)
        self.told: list[Mined] = []
        self.set_code(SAFE, safe_code)
        self.do("anvil_setStorageAt", SAFE, "0x" + "00" * 32, "0x" + OWNER.address[2:].zfill(64))

    def do(self, method: str, *parameters: object) -> object:
        """Ask anvil for something that no real chain does."""
        return self.web3.provider.make_request(RPCEndpoint(method), list(parameters))["result"]

    def set_code(self, address: str, code: str) -> None:
        """Put a contract somewhere, or take it away with "0x"."""
        self.do("anvil_setCode", checksummed(address), code)

    def mines(self, *, at_once: bool) -> None:
        """Put each transaction into a block at once, or none into any."""
        self.do("evm_setAutomine", at_once)

    def call(self, to: str, signature: str, *arguments: object) -> None:
        """Let a stranger call a contract."""
        sender = self.web3.eth.accounts[0]
        data = encoded(signature, *arguments)
        self.web3.eth.wait_for_transaction_receipt(
            self.web3.eth.send_transaction({"from": sender, "to": checksummed(to), "data": data})
        )

    def give(
        self, wallet: str, *, pusd: int = 0, usdc_e: int = 0, yes: int = 0, no: int = 0
    ) -> None:
        """Make money out of nothing."""
        for token, amount in ((contracts.PUSD, pusd), (contracts.USDC_E, usdc_e)):
            self.call(token, "mint(address,uint256)", wallet, amount)
        for name, amount in ((7, yes), (9, no)):
            self.call(
                contracts.CONDITIONAL_TOKENS, "mint(address,uint256,uint256)", wallet, name, amount
            )

    def resolve(self) -> None:
        """Let YES win."""
        condition = bytes.fromhex(MARKET.condition_id[2:])
        self.call(contracts.CONDITIONAL_TOKENS, "resolve(bytes32)", condition)

    async def send(self, calls: list[Call]) -> bool:
        """Send from the owner's key."""
        return await Sender(self.nodes, OWNER, no_pause).send(calls, self.told.append)


async def no_pause(seconds: float) -> None:
    """Do not wait."""
