"""Every event carries the same, whatever it tells; test_events.py goes through all of them."""

from bot.domain.record import Record


def test_what_is_not_known_may_be_left_out() -> None:
    """Number, time and run are always there; market, token and the venue's time need not be."""
    record = Record(seq=1, ts_ns=2, run_id="r")
    assert (None, None, None) == (record.ts_venue_ns, record.market, record.token)
