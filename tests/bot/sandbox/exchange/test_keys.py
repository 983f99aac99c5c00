"""API keys: L1 and L2 are really verified, with the client's own signatures."""

from __future__ import annotations

import pytest
from polymarket._internal.hmac import build_hmac_signature
from polymarket._internal.l1_auth import sign_api_key_auth

from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.keys import TIMESTAMP_SLACK_S, ApiKey, Keyring
from bot.sandbox.exchange.refusals import Refused
from tests.bot.sandbox.exchange.world import T0_NS, World

T0_S = T0_NS // NS_PER_S
OWNER = World().owner


def l1_headers(timestamp_s: int = T0_S, nonce: int = 0) -> dict[str, str]:
    """The headers of a key request, signed by the client."""
    signed = sign_api_key_auth(OWNER, chain_id=137, timestamp=timestamp_s, nonce=nonce)
    return {
        "POLY_ADDRESS": signed.address,
        "POLY_NONCE": str(signed.nonce),
        "POLY_SIGNATURE": signed.signature,
        "POLY_TIMESTAMP": str(signed.timestamp),
    }


def l2_headers(key: ApiKey, timestamp_s: int = T0_S) -> dict[str, str]:
    """The headers of DELETE /order with a body, signed by the client."""
    signature = build_hmac_signature(
        secret=key.secret, timestamp=timestamp_s, method="DELETE", path="/order", body="{}"
    )
    return {
        "POLY_ADDRESS": key.address,
        "POLY_API_KEY": key.key,
        "POLY_PASSPHRASE": key.passphrase,
        "POLY_SIGNATURE": signature,
        "POLY_TIMESTAMP": str(timestamp_s),
    }


def test_a_key_is_made_once_and_derived_after() -> None:
    """Creating it again is refused; deriving gives the same; another nonce is another key."""
    keyring = Keyring(seed=1)
    with pytest.raises(Refused, match="Could not derive"):
        keyring.derive(OWNER.address, 0)
    made = keyring.create(OWNER.address, 0)
    with pytest.raises(Refused, match="Could not create"):
        keyring.create(OWNER.address, 0)
    assert made == keyring.derive(OWNER.address, 0)
    other = keyring.create(OWNER.address, 1)
    assert [made.key, other.key] == keyring.of(OWNER.address)
    keyring.delete(made.key)
    assert [other.key] == keyring.of(OWNER.address)


def test_the_clients_key_request_is_admitted() -> None:
    """The signer and the nonce come out."""
    assert (OWNER.address, 7) == Keyring(1).admit(l1_headers(nonce=7), T0_NS)


@pytest.mark.parametrize(
    "change",
    [
        {"POLY_NONCE": "1"},
        {"POLY_NONCE": "x"},
        {"POLY_SIGNATURE": "0x00"},
        {"POLY_ADDRESS": "0x" + "12" * 20},
        {"POLY_ADDRESS": "nobody"},
        {"POLY_TIMESTAMP": str(T0_S + 1)},
        {"POLY_TIMESTAMP": ""},
    ],
)
def test_a_changed_key_request_is_refused(change: dict[str, str]) -> None:
    """Every header is covered by the signature."""
    with pytest.raises(Refused, match="Invalid L1 Request headers") as refused:
        Keyring(1).admit({**l1_headers(), **change}, T0_NS)
    assert 401 == refused.value.status


def test_the_clients_request_is_authenticated() -> None:
    """Timestamp, method, path and body are signed with the secret."""
    keyring = Keyring(1)
    key = keyring.create(OWNER.address, 0)
    assert key == keyring.authenticate(l2_headers(key), "DELETE", "/order", b"{}", T0_NS)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({}, b"{ }"),
        ({"POLY_PASSPHRASE": "x"}, b"{}"),
        ({"POLY_API_KEY": "x"}, b"{}"),
        ({"POLY_ADDRESS": "0x" + "12" * 20}, b"{}"),
        ({"POLY_TIMESTAMP": str(T0_S + 1)}, b"{}"),
        ({"POLY_TIMESTAMP": "soon"}, b"{}"),
    ],
)
def test_a_changed_request_is_refused(change: dict[str, str], body: bytes) -> None:
    """Body, key, passphrase, address and time are all checked."""
    keyring = Keyring(1)
    key = keyring.create(OWNER.address, 0)
    with pytest.raises(Refused, match="Unauthorized/Invalid api key"):
        keyring.authenticate({**l2_headers(key), **change}, "DELETE", "/order", body, T0_NS)


@pytest.mark.parametrize("skew_s", [-TIMESTAMP_SLACK_S - 1, TIMESTAMP_SLACK_S + 1])
def test_a_clock_that_is_wrong_is_refused(skew_s: int) -> None:
    """Requests signed too early or too late are not accepted, of either kind."""
    keyring = Keyring(1)
    key = keyring.create(OWNER.address, 0)
    with pytest.raises(Refused):
        keyring.authenticate(l2_headers(key, T0_S + skew_s), "DELETE", "/order", b"{}", T0_NS)
    with pytest.raises(Refused):
        keyring.admit(l1_headers(T0_S + skew_s), T0_NS)


def test_a_socket_needs_all_three_parts() -> None:
    """Key, secret and passphrase."""
    keyring = Keyring(1)
    key = keyring.create(OWNER.address, 0)
    assert key == keyring.authenticate_socket(key.key, key.secret, key.passphrase)
    with pytest.raises(Refused):
        keyring.authenticate_socket(key.key, "x", key.passphrase)
    with pytest.raises(Refused):
        keyring.authenticate_socket("x", key.secret, key.passphrase)
