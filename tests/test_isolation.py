"""Tests stand alone: no network, no chance. What conftest.py and pyproject.toml promise, shown."""

import asyncio
import socket

import pytest
from hypothesis import settings
from pytest_socket import SocketConnectBlockedError

from tests.ports import free_port


def test_no_test_reaches_beyond_loopback() -> None:
    """A connection to an outside address is refused before a packet leaves (RFC 5737 address)."""
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(("192.0.2.1", 80))


async def test_loopback_stays_open() -> None:
    """A server of our own on 127.0.0.1 can be reached, so wires are tested for real."""
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert b"" == await reader.read()
        writer.close()
        await writer.wait_closed()


def test_a_port_is_given_once_and_to_no_connection() -> None:
    """A server that is told its port finds it free, whatever runs beside it."""
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == len(ports)
    assert all(20_000 <= port < 32_000 for port in ports)


def test_hypothesis_draws_the_same_examples_every_time() -> None:
    """The gate cannot fail by chance."""
    assert settings.default is not None
    assert settings.default.derandomize
