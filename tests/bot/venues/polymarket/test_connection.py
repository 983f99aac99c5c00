"""A connection that swallows requests is given up, once for all that were lost on it."""

from __future__ import annotations

import httpx
import pytest

from bot.venues.polymarket.connection import RENEW_NS, RETIRED_NS, Connection
from tests.bot.venues.polymarket.fake_account import HandClock

T0 = 10 * RENEW_NS


class Transport:
    """As the library has it."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(base_url="http://127.0.0.1:9", timeout=3.0)


def caused_by(cause: Exception) -> Exception:
    """An error of the library, as it wraps those of the HTTP client."""
    error = RuntimeError("TransportError")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error", [TimeoutError(), caused_by(httpx.ReadTimeout("")), caused_by(httpx.WriteTimeout(""))]
)
async def test_after_a_time_out_a_new_connection_is_used(error: Exception) -> None:
    """To the same place, with the same patience; what is under way on the old one goes on."""
    transport, clock = Transport(), HandClock(T0)
    old, connection = transport._client, Connection(transport, clock)
    connection.heed(error)
    new = transport._client
    assert new is not old
    assert (old.base_url, old.timeout, False) == (new.base_url, new.timeout, old.is_closed)
    connection.heed(error)  # lost on the old one too
    assert (new, 1) == (transport._client, connection.renewals)
    clock.time_ns += RENEW_NS
    connection.heed(error)
    assert transport._client is not new
    await connection.close()
    assert (True, True, False) == (old.is_closed, new.is_closed, transport._client.is_closed)
    await transport._client.aclose()


async def test_an_outage_of_hours_does_not_pile_connections_up() -> None:
    """What was given up is closed once nothing can be under way on it; before that it is not."""
    transport, clock = Transport(), HandClock(T0)
    old, connection = transport._client, Connection(transport, clock)
    connection.heed(TimeoutError())
    clock.time_ns += RETIRED_NS - 1
    await connection.tidy()
    was_closed = old.is_closed
    connection.heed(TimeoutError())
    clock.time_ns += 1
    await connection.tidy()
    assert (False, True) == (was_closed, old.is_closed)
    assert 1 == len(connection._retired)
    await connection.close()
    await transport._client.aclose()


async def test_another_error_is_no_reason() -> None:
    """A refusal came over a connection that works; one that was cut is dropped by itself."""
    transport = Transport()
    old, connection = transport._client, Connection(transport, HandClock(T0))
    for error in (RuntimeError("400"), caused_by(httpx.ReadError("")), caused_by(ValueError())):
        connection.heed(error)
    assert (old, 0) == (transport._client, connection.renewals)
    await old.aclose()
