"""The listener knows when the last beat came."""

import httpx

from alerting.monitor.beat import BeatListener


def test_a_beat_is_heard_and_other_paths_are_not() -> None:
    """The time is that of the clock handed in."""
    times = iter([1.0, 2.0])
    listener = BeatListener("127.0.0.1", 0, lambda: next(times))
    assert 1.0 == listener.heard_s
    listener.start()
    address = f"http://127.0.0.1:{listener.port}"
    httpx.post(f"{address}/other", content=b"{}")
    assert 1.0 == listener.heard_s
    httpx.post(f"{address}/beat", content=b'{"alerts": []}')
    assert 2.0 == listener.heard_s
    listener.stop()
