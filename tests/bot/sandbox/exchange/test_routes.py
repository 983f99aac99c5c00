"""Every path once."""

from __future__ import annotations

from bot.sandbox.exchange.faults import Operation
from bot.sandbox.exchange.routes import ROUTES


def test_no_path_is_served_twice() -> None:
    """One handler for a method and a path."""
    assert len(ROUTES) == len({(route.method, route.path) for route in ROUTES})


def test_faults_do_not_reach_the_control_paths() -> None:
    """Whoever orders a fault can order it to end."""
    control = [route for route in ROUTES if route.path.startswith("/control/")]
    assert {None} == {route.operation for route in control}
    others = {route.operation for route in ROUTES if route not in control}
    requests = {Operation.ORDER, Operation.CANCEL, Operation.READ, Operation.HEARTBEAT}
    assert requests == others
