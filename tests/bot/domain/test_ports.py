"""The ports: what is called never, and protocols that say what they ask for."""

import inspect

import pytest

from bot.domain import ports

PORTS = [
    item
    for _, item in inspect.getmembers(ports, inspect.isclass)
    if getattr(item, "_is_protocol", False) and item.__module__ == ports.__name__
]


def test_never_is_after_every_real_time() -> None:
    """The largest time of 64 bits: a clock in ns reaches it in the year 2262."""
    year_2200_ns = (2200 - 1970) * 365 * 86_400 * 10**9
    assert year_2200_ns < ports.NEVER < 2**63


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.__name__)
def test_a_port_explains_each_of_its_methods(port: type) -> None:
    """Whoever implements a port finds in it what each call has to do."""
    methods = [item for name, item in vars(port).items() if inspect.isfunction(item)]
    explained = [item for item in methods if item.__name__.startswith("_") or item.__doc__]
    assert methods == explained
