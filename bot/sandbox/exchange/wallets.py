"""The deposit wallets that belong to a key: their addresses follow from it (CREATE2)."""

from __future__ import annotations

from functools import cache

from eth_abi.abi import encode as abi_encode
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

FACTORY = "0x00000000000Fb5C9ADea0298D729A0CB3823Cc07"
IMPLEMENTATION = "0x58CA52ebe0DadfdF531Cde7062e76746de4Db1eB"
BEACON = "0x7A18EDfe055488A3128f01F563e5B479D92ffc3a"
"""Addresses on Polygon (polymarket.md 7)."""

# The creation code of Solady's ERC-1967 proxies with immutable arguments: LibClone, both kinds.
_UUPS_HEAD = 0x61003D3D8160233D3973
_UUPS_TAIL = bytes.fromhex(
    "60095155f3363d3d373d3d363d7f360894a13ba1a3210667c828492db98dca3e2076"
    "cc3735a920a3ca505d382bbc545af43d6000803e6038573d6000fd5b3d6000f3"
)
_BEACON_HEAD = 0x6100523D8160233D3973
_BEACON_TAIL = bytes.fromhex(
    "60195155f3363d3d373d3d363d602036600436635c60da"
    "1b60e01b36527fa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6c"
    "b3582b35133d50545afa5036515af43d6000803e604d573d6000fd5b3d6000f3"
)
_LENGTH_SHIFT = 56  # where the length of the arguments stands in the head


@cache  # a handful of owners a process
def deposit_wallets(owner: str) -> tuple[str, str]:
    """Return the owner's two possible deposit wallets, checksummed: the older kind first."""
    arguments = abi_encode(["address", "bytes32"], [FACTORY, _word(owner)])
    return (
        _create2(_UUPS_HEAD, IMPLEMENTATION, _UUPS_TAIL, arguments),
        _create2(_BEACON_HEAD, BEACON, _BEACON_TAIL, arguments),
    )


def checksummed(address: str) -> str | None:
    """Return the address in its checksum form, `None` when it is none."""
    return str(to_checksum_address(address)) if is_address(address) else None


def _create2(head: int, target: str, tail: bytes, arguments: bytes) -> str:
    code = (head + (len(arguments) << _LENGTH_SHIFT)).to_bytes(10, "big")
    code += bytes.fromhex(target[2:]) + tail + arguments
    packed = b"\xff" + bytes.fromhex(FACTORY[2:]) + keccak(arguments) + keccak(code)
    return str(to_checksum_address(keccak(packed)[12:]))


def _word(address: str) -> bytes:
    return bytes.fromhex(address[2:]).rjust(32, b"\0")
