"""Events of the run are read from a journal that older programs wrote."""

import msgspec

from bot.domain import events
from bot.domain.run_events import RunStarted


def test_a_start_of_an_older_journal_is_read() -> None:
    """Without outcomes and cash, which came later."""
    text = (
        b'{"type":"RunStarted","seq":1,"ts_ns":1,"run_id":"r","version":"0.1","venue":"paper",'
        b'"seed":1,"config_hash":"c","calibration_hash":"priors","markets":["rain"]}'
    )
    event = msgspec.json.decode(text, type=events.Event)
    assert isinstance(event, RunStarted)
    assert ({}, None) == (event.outcomes, event.cash)
