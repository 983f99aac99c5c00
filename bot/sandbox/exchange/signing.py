"""Whose signature is it: EIP-712 of the key request and of orders, recomputed from the fields.

Written from polymarket.md 1.5 and ERC-7739, independently of the client that signs: an order that
passes here was hashed and signed as the exchange's contracts expect it.
"""

from __future__ import annotations

from typing import Final

from eth_abi.abi import encode as abi_encode
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from bot.sandbox.exchange.orders import SignedOrder
from bot.sandbox.exchange.refusals import Reason, refusal
from bot.sandbox.exchange.wallets import deposit_wallets

CHAIN_ID: Final = 137
EXCHANGE: Final = "0xE111180000d2663C0091e4f400237545B87B996B"
NEG_RISK_EXCHANGE: Final = "0xe2222d279d744050d28e00520010520000310F59"
EOA, DEPOSIT_WALLET = 0, 3
"""Signature types that are understood: a plain key, and POLY_1271."""

_AUTH_MESSAGE = "This message attests that I control the given wallet"
_ORDER_TYPE = (
    "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,"
    "uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,"
    "bytes32 builder)"
)
_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_NESTED_TYPE = (
    "TypedDataSign(Order contents,string name,string version,uint256 chainId,"
    f"address verifyingContract,bytes32 salt){_ORDER_TYPE}"
)
_SIGNATURE_BYTES = 65


def auth_signer(address: str, timestamp: str, nonce: int, signature: str) -> str | None:
    """Return who signed the request for an API key; `None` when the signature is no signature.

    Raises ValueError when `address` is no address.
    """
    text = encode_typed_data(
        domain_data={"name": "ClobAuthDomain", "version": "1", "chainId": CHAIN_ID},
        message_types={
            "ClobAuth": [
                {"name": "address", "type": "address"},
                {"name": "timestamp", "type": "string"},
                {"name": "nonce", "type": "uint256"},
                {"name": "message", "type": "string"},
            ]
        },
        message_data={
            "address": to_checksum_address(address),
            "timestamp": timestamp,
            "nonce": nonce,
            "message": _AUTH_MESSAGE,
        },
    )
    return _recover(text, signature)


def order_hash(order: SignedOrder, *, neg_risk: bool) -> str:
    """Return the order's id: `0x` and the EIP-712 hash of its fields."""
    return "0x" + keccak(b"\x19\x01" + _domain(neg_risk=neg_risk) + _contents(order)).hex()


def verify_order(order: SignedOrder, owner: str, *, neg_risk: bool) -> None:
    """Check that `owner`, the address of the API key, signed the order for its maker.

    Raises Refused as the exchange does: wrong signer address, or invalid signature.
    """
    if order.signature_type == EOA:
        if order.signer != owner or order.maker != owner:
            raise refusal(Reason.SIGNER)
        signed = SignableMessage(b"\x01", _domain(neg_risk=neg_risk), _contents(order))
        signer = _recover(signed, order.signature)
    elif order.signature_type == DEPOSIT_WALLET:
        if order.maker != order.signer or order.signer not in deposit_wallets(owner):
            raise refusal(Reason.SIGNER)
        signer = _wrapped_signer(order, neg_risk=neg_risk)
    else:
        raise refusal(Reason.MAKER_NOT_ALLOWED)
    if signer != owner:
        raise refusal(Reason.INVALID_SIGNATURE)


def _wrapped_signer(order: SignedOrder, *, neg_risk: bool) -> str | None:
    # ERC-7739: signature, domain, hash of the contents, their type and its length, all packed.
    domain, contents = _domain(neg_risk=neg_risk), _contents(order)
    order_type = _ORDER_TYPE.encode()
    trailer = domain + contents + order_type + len(order_type).to_bytes(2, "big")
    plain = order.signature.removesuffix(trailer.hex())
    if plain == order.signature:
        return None
    nested = keccak(
        abi_encode(
            ["bytes32", "bytes32", "bytes32", "bytes32", "uint256", "address", "bytes32"],
            [
                keccak(text=_NESTED_TYPE),
                contents,
                keccak(text="DepositWallet"),
                keccak(text="1"),
                CHAIN_ID,
                order.signer,
                bytes(32),
            ],
        )
    )
    return _recover(SignableMessage(b"\x01", domain, nested), plain)


def _domain(*, neg_risk: bool) -> bytes:
    return keccak(
        abi_encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [
                keccak(text=_DOMAIN_TYPE),
                keccak(text="Polymarket CTF Exchange"),
                keccak(text="2"),
                CHAIN_ID,
                NEG_RISK_EXCHANGE if neg_risk else EXCHANGE,
            ],
        )
    )


def _contents(order: SignedOrder) -> bytes:
    return keccak(
        abi_encode(
            [
                "bytes32", "uint256", "address", "address", "uint256", "uint256", "uint256",
                "uint8", "uint8", "uint256", "bytes32", "bytes32",
            ],
            [
                keccak(text=_ORDER_TYPE),
                order.salt,
                order.maker,
                order.signer,
                int(order.token),
                order.maker_amount,
                order.taker_amount,
                0 if order.side == "BUY" else 1,
                order.signature_type,
                order.timestamp_ms,
                order.metadata,
                order.builder,
            ],
        )
    )  # fmt: skip


def _recover(message: SignableMessage, signature: str) -> str | None:
    """Return the address that signed, or `None` when these bytes are no signature of anybody."""
    try:
        raw = bytes.fromhex(signature.removeprefix("0x"))
        if len(raw) != _SIGNATURE_BYTES:
            return None
        return str(Account.recover_message(message, signature=raw))
    except (BadSignature, ValidationError, ValueError):
        return None
