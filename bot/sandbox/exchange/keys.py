"""API keys: made against a signature of the owner (L1), then used to sign requests (L2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping

import msgspec

from bot.domain.units import NS_PER_S
from bot.sandbox.exchange.refusals import Reason, Refused, bad_request, refusal
from bot.sandbox.exchange.signing import auth_signer
from bot.sandbox.exchange.wallets import checksummed

TIMESTAMP_SLACK_S = 60
"""How far a signed time may be from ours; the exchange states no figure."""


class ApiKey(msgspec.Struct, frozen=True):
    """One key of the owner `address` (checksummed). `secret` is URL-safe base64."""

    key: str
    secret: str
    passphrase: str
    address: str
    nonce: int


class Keyring:
    """All keys. The same seed, address and nonce give the same key."""

    def __init__(self, seed: int) -> None:
        """Start without keys."""
        self._seed = seed
        self._by_key: dict[str, ApiKey] = {}

    def create(self, address: str, nonce: int) -> ApiKey:
        """Return a new key. Raises Refused with 400 when this one exists: derive it then."""
        made = self._make(address, nonce)
        if made.key in self._by_key:
            raise bad_request("Could not create api key")
        self._by_key[made.key] = made
        return made

    def derive(self, address: str, nonce: int) -> ApiKey:
        """Return the key made before. Raises Refused with 400 when there is none."""
        found = self._by_key.get(self._make(address, nonce).key)
        if found is None:
            raise bad_request("Could not derive api key!")
        return found

    def of(self, address: str) -> list[str]:
        """Return the keys of an owner, oldest first."""
        return [each.key for each in self._by_key.values() if each.address == address]

    def owner(self, key: str) -> str | None:
        """Return the owner's address of a key, `None` when it does not exist."""
        found = self._by_key.get(key)
        return None if found is None else found.address

    def delete(self, key: str) -> None:
        """Forget a key: nothing signed with it is accepted any more."""
        del self._by_key[key]

    def admit(self, headers: Mapping[str, str], now_ns: int) -> tuple[str, int]:
        """Return (address, nonce) of a request signed by an owner (L1).

        Raises Refused with 401.
        """
        wrong = Refused(401, "Invalid L1 Request headers")
        address = checksummed(headers.get("POLY_ADDRESS", ""))
        timestamp, nonce = headers.get("POLY_TIMESTAMP", ""), headers.get("POLY_NONCE", "")
        if address is None or not _is_timely(timestamp, now_ns) or not _is_number(nonce):
            raise wrong
        signature = headers.get("POLY_SIGNATURE", "")
        if auth_signer(address, timestamp, int(nonce), signature) != address:
            raise wrong
        return address, int(nonce)

    def authenticate(
        self, headers: Mapping[str, str], method: str, path: str, body: bytes, now_ns: int
    ) -> ApiKey:
        """Return the key with which a request was signed (L2). Raises Refused with 401.

        `path` is without query: only that is signed.
        """
        key = self._by_key.get(headers.get("POLY_API_KEY", ""))
        timestamp = headers.get("POLY_TIMESTAMP", "")
        if key is None or not _is_timely(timestamp, now_ns):
            raise refusal(Reason.UNAUTHORIZED)
        signature = sign(key.secret, timestamp, method, path, body)
        is_right = (
            hmac.compare_digest(signature, headers.get("POLY_SIGNATURE", ""))
            and hmac.compare_digest(key.passphrase, headers.get("POLY_PASSPHRASE", ""))
            and checksummed(headers.get("POLY_ADDRESS", "")) == key.address
        )
        if not is_right:
            raise refusal(Reason.UNAUTHORIZED)
        return key

    def authenticate_socket(self, key: str, secret: str, passphrase: str) -> ApiKey:
        """Return the key whose parts a user channel was opened with. Raises Refused with 401."""
        found = self._by_key.get(key)
        if found is None or (found.secret, found.passphrase) != (secret, passphrase):
            raise refusal(Reason.UNAUTHORIZED)
        return found

    def _make(self, address: str, nonce: int) -> ApiKey:
        def draw(purpose: str) -> bytes:
            text = f"{self._seed}/{address}/{nonce}/{purpose}"
            return hashlib.sha256(text.encode()).digest()

        return ApiKey(
            key=str(uuid.UUID(bytes=draw("key")[:16], version=4)),
            secret=base64.urlsafe_b64encode(draw("secret")).decode(),
            passphrase=draw("passphrase").hex(),
            address=address,
            nonce=nonce,
        )


def sign(secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """Return the signature of a request: URL-safe base64 of its HMAC-SHA256."""
    message = f"{timestamp}{method}{path}".encode() + body
    digest = hmac.new(base64.urlsafe_b64decode(secret), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _is_timely(timestamp: str, now_ns: int) -> bool:
    if not _is_number(timestamp):
        return False
    return abs(int(timestamp) - now_ns // NS_PER_S) <= TIMESTAMP_SLACK_S


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
