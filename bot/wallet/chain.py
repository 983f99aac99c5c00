"""What the chain says of a wallet, read from several nodes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from eth_typing import ChecksumAddress
from eth_utils.address import is_address, to_checksum_address
from web3 import Web3

from bot.domain.errors import InputError
from bot.domain.market import Market
from bot.wallet import contracts
from bot.wallet.rpc import Nodes


class WalletState(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet at one block. Cash in 1/1,000,000 dollar; `gas_wei` is the signer's own POL.

    `spenders` and `operators` say of each name of contracts.SPENDERS and OPERATORS whether it is
    approved. `has_code` is False for a plain key and for a wallet that is not deployed yet.
    `signatures` is how many a transaction of a Safe needs; 1 for anything else.
    """

    address: str
    pusd: int
    usdc_e: int
    gas_wei: int
    has_code: bool
    spenders: dict[str, bool]
    operators: dict[str, bool]
    signatures: int = 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The approvals that a maker needs and this wallet lacks, as `token to contract`."""
        return (
            *(f"pUSD to {name}" for name, is_given in self.spenders.items() if not is_given),
            *(f"tokens to {name}" for name, is_given in self.operators.items() if not is_given),
        )


class Holdings(msgspec.Struct, frozen=True):
    """Both outcome tokens of a market in size units, and whether it is resolved on the chain."""

    yes: int
    no: int
    is_resolved: bool


class Balances(msgspec.Struct, frozen=True, kw_only=True):
    """What a wallet holds at one block, and nothing of its rights.

    Cash in 1/1,000,000 dollar, `tokens` in size units by id, `gas_wei` is the payer's POL,
    `time_s` the block's own time (epoch s).
    """

    block: int
    time_s: int
    pusd: int
    usdc_e: int
    gas_wei: int
    tokens: dict[str, int]


class Chain:
    """Reads. Raises VenueUnavailable when the nodes do not answer or do not agree."""

    def __init__(self, nodes: Nodes) -> None:
        """Ask these nodes."""
        self.nodes = nodes

    def wallet(self, address: str, signer: str) -> WalletState:
        """Return the wallet as two nodes see it. Raises InputError for what is no address."""
        wallet, payer = checksummed(address), checksummed(signer)

        def read(web3: Web3, block: int) -> WalletState:
            pusd = web3.eth.contract(checksummed(contracts.PUSD), abi=contracts.ERC20)
            usdc = web3.eth.contract(checksummed(contracts.USDC_E), abi=contracts.ERC20)
            ctf = web3.eth.contract(
                checksummed(contracts.CONDITIONAL_TOKENS), abi=contracts.ERC1155
            )
            balance = pusd.functions.balanceOf(wallet).call(block_identifier=block)
            return WalletState(
                address=wallet,
                pusd=balance,
                usdc_e=usdc.functions.balanceOf(wallet).call(block_identifier=block),
                gas_wei=web3.eth.get_balance(payer, block),
                has_code=len(web3.eth.get_code(wallet, block)) > 0,
                spenders={
                    # What is left of a limited allowance may be too little to buy with.
                    name: pusd.functions.allowance(wallet, _of(name)).call(block_identifier=block)
                    >= max(balance, 1)
                    for name in contracts.SPENDERS
                },
                operators={
                    name: ctf.functions.isApprovedForAll(wallet, _of(name)).call(
                        block_identifier=block
                    )
                    for name in contracts.OPERATORS
                },
            )

        return self.nodes.agreed(read)

    def signatures(self, safe: str) -> int:
        """Return how many owners must sign for a Safe. Raises InputError for what is no address."""
        contract = checksummed(safe)
        return self.nodes.agreed(
            lambda web3, block: int(
                web3.eth.contract(contract, abi=contracts.SAFE)
                .functions.getThreshold()
                .call(block_identifier=block)
            )
        )

    def holdings(self, address: str, market: Market) -> Holdings:
        """Return what the wallet holds of a market, as two nodes see it."""
        wallet = checksummed(address)

        def read(web3: Web3, block: int) -> Holdings:
            ctf = web3.eth.contract(
                checksummed(contracts.CONDITIONAL_TOKENS), abi=contracts.ERC1155
            ).functions
            yes, no = (
                ctf.balanceOf(wallet, int(token)).call(block_identifier=block)
                for token in market.tokens
            )
            condition = bytes.fromhex(market.condition_id.removeprefix("0x"))
            payout = ctf.payoutDenominator(condition).call(block_identifier=block)
            return Holdings(yes, no, payout > 0)

        return self.nodes.agreed(read)

    def balances(self, address: str, payer: str, tokens: Sequence[str]) -> Balances:
        """Return what the wallet holds of cash and `tokens`, as two nodes see it at one block.

        Raises InputError for what is no address.
        """
        wallet, signer = checksummed(address), checksummed(payer)

        def read(web3: Web3, block: int) -> Balances:
            pusd, usdc, ctf = (
                web3.eth.contract(checksummed(contract), abi=abi).functions
                for contract, abi in (
                    (contracts.PUSD, contracts.ERC20),
                    (contracts.USDC_E, contracts.ERC20),
                    (contracts.CONDITIONAL_TOKENS, contracts.ERC1155),
                )
            )
            return Balances(
                block=block,
                time_s=web3.eth.get_block(block)["timestamp"],
                pusd=pusd.balanceOf(wallet).call(block_identifier=block),
                usdc_e=usdc.balanceOf(wallet).call(block_identifier=block),
                gas_wei=web3.eth.get_balance(signer, block),
                tokens={
                    token: ctf.balanceOf(wallet, int(token)).call(block_identifier=block)
                    for token in tokens
                },
            )

        return self.nodes.agreed(read)

    def without_code(self) -> tuple[str, ...]:
        """Return the names of configured contracts at whose address there is no code."""
        return self.nodes.first(
            lambda web3: tuple(
                name
                for name, address in contracts.CONTRACTS.items()
                if not web3.eth.get_code(checksummed(address))
            )
        )

    def decimals(self) -> int:
        """Return the decimals of pUSD."""
        return self.nodes.first(
            lambda web3: int(
                web3.eth.contract(checksummed(contracts.PUSD), abi=contracts.ERC20)
                .functions.decimals()
                .call()
            )
        )


def checksummed(address: str) -> ChecksumAddress:
    """Return the address in its checksum form. Raises InputError naming what is none."""
    if not is_address(address):
        raise InputError(f"{address!r} is no address: 0x and 40 hex digits")
    return to_checksum_address(address)


def _of(name: str) -> ChecksumAddress:
    return checksummed(contracts.CONTRACTS[name])
