"""A bot's own text becomes the numbers that are watched."""

import pytest

from alerting.monitor.reading import Balance, fetch, fetch_balance, parse, parse_balance
from exporters.catalogue import balance, health, money, orders

TEXT = f"""
{health.LAST_EVENT.name} 50
{health.RUN_START.name} 5
{money.DRAWDOWN.name}{{market="a"}} 1
{money.DRAWDOWN.name}{{market="b"}} 2
{orders.FILLS.name}{{market="a"}} 7
{health.KILL_SWITCH.name} 0
{money.EQUITY.name}{{market="a"}} NaN
"""


def test_markets_are_added_up() -> None:
    """One number a bot."""
    reading = parse(TEXT)
    assert (50.0, 5.0, 3.0, 7.0, False) == (
        reading.last_event_s,
        reading.run_start_s,
        reading.drawdown_usd,
        reading.fills,
        reading.is_tripped,
    )


def test_what_is_no_bot_is_refused() -> None:
    """Another program's metrics."""
    with pytest.raises(ValueError, match=health.LAST_EVENT.name):
        parse("up 1\n")


def test_nobody_there_is_none() -> None:
    """Neither bot nor wallet."""
    assert fetch("http://127.0.0.1:9/metrics") is None
    assert fetch_balance("http://127.0.0.1:9/metrics") is None


def test_the_worst_mismatch_counts() -> None:
    """Whatever its sign; none when nothing is told."""
    name, checked = balance.MISMATCH.name, balance.LAST_CHECK.name
    text = f'{name}{{asset="cash"}} 1\n{name}{{asset="yes"}} -3\n{checked} 7\n'
    assert Balance(checked_s=7.0, mismatch_usd=-3.0) == parse_balance(text)
    assert parse_balance(f'{name}{{asset="cash"}} NaN\n{checked} 0\n') is None
