"""Order hashes and signatures, against the library's own EIP-712 encoder and the real client."""

from __future__ import annotations

import msgspec
import pytest
from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_typed_data
from eth_account.signers.local import LocalAccount
from polymarket._internal.actions.orders.typed_data import (
    build_order_signature,
    build_order_typed_data,
)
from polymarket._internal.actions.orders.types import UnsignedOrder

from bot.sandbox.exchange.orders import SignedOrder
from bot.sandbox.exchange.refusals import Refused
from bot.sandbox.exchange.signing import (
    CHAIN_ID,
    EXCHANGE,
    NEG_RISK_EXCHANGE,
    auth_signer,
    order_hash,
    verify_order,
)
from bot.sandbox.exchange.wallets import deposit_wallets
from tests.bot.sandbox.exchange.world import World, sign_order

WORLD = World()
OWNER: LocalAccount = WORLD.owner
STRANGER: LocalAccount = Account.from_key("0x" + "22" * 32)
WALLET = deposit_wallets(OWNER.address)[0]
PLAIN = WORLD.posted().signed


def as_client(order: SignedOrder, *, neg_risk: bool) -> UnsignedOrder:
    """The same order as the client holds it before signing."""
    return UnsignedOrder(
        builder="0x" + order.builder.hex(),  # type: ignore[arg-type]
        chain_id=CHAIN_ID,
        exchange_address=NEG_RISK_EXCHANGE if neg_risk else EXCHANGE,  # type: ignore[arg-type]
        expiration=0,
        maker=order.maker,  # type: ignore[arg-type]
        maker_amount=order.maker_amount,
        metadata="0x" + order.metadata.hex(),  # type: ignore[arg-type]
        order_type="GTC",
        salt=order.salt,
        side=order.side.value,
        signature_type=order.signature_type,
        signer=order.signer,  # type: ignore[arg-type]
        taker_amount=order.taker_amount,
        timestamp=order.timestamp_ms,
        token_id=order.token,  # type: ignore[arg-type]
        protocol_version="2",
    )


def wrapped(order: SignedOrder, owner: LocalAccount, *, neg_risk: bool = False) -> SignedOrder:
    """The order of a deposit wallet, signed by the client's code."""
    bare = msgspec.structs.replace(order, maker=WALLET, signer=WALLET, signature_type=3)
    unsigned = as_client(bare, neg_risk=neg_risk)
    signed = owner.sign_typed_data(full_message=build_order_typed_data(unsigned))
    raw = "0x" + bytes(signed.signature).hex()
    signature = build_order_signature(unsigned, raw)  # type: ignore[arg-type]
    return msgspec.structs.replace(bare, signature=str(signature))


@pytest.mark.parametrize("neg_risk", [False, True])
def test_the_id_is_the_eip_712_hash(neg_risk: bool) -> None:  # noqa: FBT001 - a case
    """Our hash equals what the library makes of the client's own typed data."""
    typed = build_order_typed_data(as_client(PLAIN, neg_risk=neg_risk))
    expected = _hash_eip191_message(encode_typed_data(full_message=typed))
    assert "0x" + bytes(expected).hex() == order_hash(PLAIN, neg_risk=neg_risk)


@pytest.mark.parametrize("neg_risk", [False, True])
def test_both_kinds_of_signature_are_accepted(neg_risk: bool) -> None:  # noqa: FBT001 - a case
    """A plain key's and a deposit wallet's, on both exchanges."""
    signature = sign_order(PLAIN, OWNER, neg_risk=neg_risk)
    plain = msgspec.structs.replace(PLAIN, signature=signature)
    verify_order(plain, OWNER.address, neg_risk=neg_risk)
    verify_order(wrapped(PLAIN, OWNER, neg_risk=neg_risk), OWNER.address, neg_risk=neg_risk)


def refused(order: SignedOrder, *, neg_risk: bool = False) -> str:
    """The text with which the order is refused."""
    with pytest.raises(Refused) as caught:
        verify_order(order, OWNER.address, neg_risk=neg_risk)
    return caught.value.error


DEPOSIT = wrapped(PLAIN, OWNER)
INVALID = "invalid signature"
WRONG_SIGNER = "the order signer address has to be the address of the API KEY"


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (msgspec.structs.replace(PLAIN, taker_amount=PLAIN.taker_amount + 1), INVALID),
        (msgspec.structs.replace(PLAIN, signature="0x12"), INVALID),
        (msgspec.structs.replace(PLAIN, signature="no hex"), INVALID),
        (msgspec.structs.replace(PLAIN, signature="0x" + "ff" * 65), INVALID),
        (msgspec.structs.replace(PLAIN, signature=sign_order(PLAIN, STRANGER)), INVALID),
        (msgspec.structs.replace(PLAIN, maker=STRANGER.address), WRONG_SIGNER),
        (msgspec.structs.replace(DEPOSIT, salt=DEPOSIT.salt + 1), INVALID),
        (msgspec.structs.replace(DEPOSIT, signature=DEPOSIT.signature[:132]), INVALID),
        (wrapped(PLAIN, STRANGER), INVALID),
        (msgspec.structs.replace(DEPOSIT, maker=STRANGER.address), WRONG_SIGNER),
        (
            msgspec.structs.replace(DEPOSIT, maker=STRANGER.address, signer=STRANGER.address),
            WRONG_SIGNER,
        ),
        (
            msgspec.structs.replace(PLAIN, signature_type=2),
            "maker address not allowed, please use the deposit wallet flow",
        ),
    ],
)
def test_what_was_not_signed_like_this_is_refused(order: SignedOrder, text: str) -> None:
    """Changed fields, damaged or foreign signatures, wrong addresses, other kinds of wallet."""
    assert text == refused(order)


def test_a_signature_for_the_other_exchange_is_refused() -> None:
    """The contract is part of what is signed."""
    assert INVALID == refused(PLAIN, neg_risk=True)
    assert INVALID == refused(DEPOSIT, neg_risk=True)


def test_a_key_request_without_signature_has_no_signer() -> None:
    """Garbage is nobody's signature."""
    assert auth_signer(OWNER.address, "1", 0, "0x00") is None
