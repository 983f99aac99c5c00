"""What each wallet command would send: pure, from what the chain says to calls with their reasons.

Least privilege: exactly the approvals that a maker needs, and for the ramps exactly the amount that
is moved. What cannot work is refused here, before anything is signed.
"""

from __future__ import annotations

import msgspec
from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector

from bot.domain.errors import InputError
from bot.domain.market import Market
from bot.domain.units import dollars, format_size
from bot.wallet import contracts
from bot.wallet.chain import Holdings, WalletState

_IS_APPROVED = True
_NO_PARENT = bytes(32)
_BOTH_OUTCOMES = [1, 2]


class Call(msgspec.Struct, frozen=True):
    """One call of the wallet to a contract; `what` says it in words. `data` is never empty."""

    to: str
    data: bytes
    what: str


def approve(state: WalletState) -> list[Call]:
    """Return the approvals that a maker needs and the wallet lacks; may be none."""
    spenders = [
        Call(
            contracts.PUSD,
            encoded(contracts.APPROVE, contracts.CONTRACTS[name], contracts.UNLIMITED),
            f"let {name} take pUSD",
        )
        for name, is_given in state.spenders.items()
        if not is_given
    ]
    operators = [
        Call(
            contracts.CONDITIONAL_TOKENS,
            encoded(contracts.APPROVE_ALL, contracts.CONTRACTS[name], _IS_APPROVED),
            f"let {name} move outcome tokens",
        )
        for name, is_given in state.operators.items()
        if not is_given
    ]
    return [*spenders, *operators]


def wrap(state: WalletState, amount: int | None) -> list[Call]:
    """Return the calls that turn USDC.e into pUSD, all of it unless an amount is given.

    Raises InputError when there is not so much.
    """
    wanted = _amount(amount, state.usdc_e, "USDC.e")
    return [
        Call(
            contracts.USDC_E,
            encoded(contracts.APPROVE, contracts.ONRAMP, wanted),
            f"let the onramp take ${dollars(wanted):,.6f} USDC.e",
        ),
        Call(
            contracts.ONRAMP,
            encoded(contracts.WRAP, contracts.USDC_E, state.address, wanted),
            f"wrap ${dollars(wanted):,.6f} USDC.e into pUSD",
        ),
    ]


def unwrap(state: WalletState, amount: int | None) -> list[Call]:
    """Return the calls that turn pUSD into USDC.e; like `wrap`."""
    wanted = _amount(amount, state.pusd, "pUSD")
    return [
        Call(
            contracts.PUSD,
            encoded(contracts.APPROVE, contracts.OFFRAMP, wanted),
            f"let the offramp take ${dollars(wanted):,.6f} pUSD",
        ),
        Call(
            contracts.OFFRAMP,
            encoded(contracts.UNWRAP, contracts.USDC_E, state.address, wanted),
            f"unwrap ${dollars(wanted):,.6f} pUSD into USDC.e",
        ),
    ]


def merge(state: WalletState, holdings: Holdings, market: Market, amount: int | None) -> list[Call]:
    """Return the call that turns pairs of YES and NO into pUSD, all pairs unless given.

    Raises InputError without so many pairs or without the adapter's approval.
    """
    wanted = _amount(amount, min(holdings.yes, holdings.no), "pairs of YES and NO")
    adapter = _adapter(state, market)
    data = encoded(contracts.MERGE, *_position(market), wanted)
    return [Call(adapter, data, f"merge {format_size(wanted)} pairs of {market.slug}")]


def redeem(state: WalletState, holdings: Holdings, market: Market) -> list[Call]:
    """Return the call that turns the tokens of a resolved market into what they pay.

    Raises InputError before it is resolved, without tokens, or without the adapter's approval.
    """
    if not holdings.is_resolved:
        raise InputError(f"{market.slug} is not resolved on the chain yet")
    if not holdings.yes and not holdings.no:
        raise InputError(f"the wallet holds nothing of {market.slug}")
    adapter = _adapter(state, market)
    what = f"{format_size(holdings.yes)} YES and {format_size(holdings.no)} NO"
    data = encoded(contracts.REDEEM, *_position(market))
    return [Call(adapter, data, f"redeem {what} of {market.slug}")]


def _amount(wanted: int | None, there: int, what: str) -> int:
    if not 0 < (there if wanted is None else wanted) <= there:
        raise InputError(f"the wallet holds {format_size(there)} {what}: nothing was sent")
    return there if wanted is None else wanted


def _adapter(state: WalletState, market: Market) -> str:
    name = "NegRisk adapter" if market.neg_risk else "CTF adapter"
    if not state.operators[name]:
        raise InputError(f"the {name} may not move the tokens: run `wallet approve` first")
    return contracts.CONTRACTS[name]


def _position(market: Market) -> tuple[str, bytes, bytes, list[int]]:
    condition = bytes.fromhex(market.condition_id.removeprefix("0x"))
    return contracts.PUSD, _NO_PARENT, condition, _BOTH_OUTCOMES


def encoded(signature: str, *arguments: object) -> bytes:
    """Return a call's data: four bytes of the signature's hash, then the arguments."""
    kinds = signature[signature.index("(") + 1 : -1].split(",")
    return function_signature_to_4byte_selector(signature) + encode(kinds, arguments)
