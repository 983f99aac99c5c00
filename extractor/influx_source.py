"""The events of a bucket, put back into the order in which they happened.

The store keeps events by kind and cuts their times to unique ones, so a window is read in slices:
every measurement of one slice, sorted by true time and number. A slice is small enough for memory,
and a question that failed half-way is asked again without harm, since nothing of it was handed on.
While one slice is used the store works on the next. Of each point only `record` is asked for, the
event as the journal has it.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from operator import attrgetter
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from bot.domain.calibration import Window
from bot.domain.errors import InputError, SettingsError
from bot.domain.events import Event
from bot.domain.units import NS_PER_MS, NS_PER_S
from exporters.influx_token import influx_token
from exporters.points import MEASUREMENTS, RECORD, events_of
from exporters.points.schema import ENV_TAG
from extractor.influx_query import InfluxQuery, Series

SLICE_NS_FIRST = 60 * NS_PER_S
SLICE_NS_MAX = 24 * 3600 * NS_PER_S
ROWS_WANTED = 100_000
"""In one slice: a few hundred MB of memory at most."""
GROWTH_MAX = 4
"""How much longer or shorter than the one before the last a slice may be."""
SLICES_AT_ONCE = 2
"""The one that is used and the one that is asked for."""
QUESTIONS_AT_ONCE = 4
"""The store answers each on one of its cores."""

_decode_times = msgspec.msgpack.Decoder(list[tuple[int, float]]).decode
_decode_pairs = msgspec.msgpack.Decoder(list[tuple[str, str]]).decode


class _Row(msgspec.Struct, array_like=True, gc=False):
    time_ns: int
    record: str


_decode_rows = msgspec.msgpack.Decoder(list[_Row]).decode
_decode_pieces = msgspec.msgpack.Decoder(list[list[str | int | None]]).decode
_time = attrgetter("ts_ns")
_order = attrgetter("ts_ns", "run_id", "seq")
USE = "write --source influx:http://host:8086/BUCKET, with ?env=prod to choose one of several"


class InfluxSource:
    """The events of one bucket, or of one `env` in it; an `EventSource`."""

    def __init__(self, place: str, query: InfluxQuery, env: str | None = None) -> None:
        """Take what the source is called, whom to ask, and which `env`."""
        self._place = place
        self._query = query
        self._env = env
        self._env_is = "" if env is None else f"{_name(ENV_TAG)} = {_text(env)} AND "
        self._damaged = 0

    @property
    def name(self) -> str:
        """`influx:`, the address and the bucket."""
        return f"influx:{self._place}"

    @property
    def damage(self) -> Counter[str]:
        """Rows that were no event, counted under `influx_rows`."""
        return Counter({"influx_rows": self._damaged} if self._damaged else {})

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events of the window in the order of each run.

        Raises InputError when the store does not answer, or not completely, or holds points
        without their event; SettingsError when it holds several `env` and none was chosen.
        """
        if self._env is None:
            self._check_one_env()
        read = 0
        start_ns, end_ns, points = self._extent(window)
        for records in self._slices(start_ns, end_ns):
            read += len(records)
            events = events_of(records)
            self._damaged += len(records) - len(events)
            events.sort(key=_order)
            first = bisect_left(events, window.since_ns, key=_time)
            yield from events[first : bisect_left(events, window.until_ns, key=_time)]
        if read < points:
            raise InputError(
                f"{self.name}: {points - read} of {points} points came without {RECORD!r}: an "
                "older shipper wrote them (delete its position.json, and it sends them again), or "
                "the store cuts its answers (max-row-limit)"
            )

    def _slices(self, start_ns: int, end_ns: int) -> Iterator[list[str]]:
        # The records of slice after slice. One is asked for ahead, so the length of a slice follows
        # from the one before the last.
        asked: deque[tuple[int, list[Future[list[str]]]]] = deque()
        span_ns = SLICE_NS_FIRST
        pool = ThreadPoolExecutor(QUESTIONS_AT_ONCE)
        try:
            while asked or start_ns < end_ns:
                while start_ns < end_ns and len(asked) < SLICES_AT_ONCE:
                    until_ns = min(start_ns + span_ns, end_ns)
                    answers = [
                        pool.submit(self._records, name, start_ns, until_ns)
                        for name in MEASUREMENTS
                    ]
                    asked.append((until_ns - start_ns, answers))
                    start_ns = until_ns
                took_ns, answers = asked.popleft()
                found = list(chain.from_iterable(answer.result() for answer in answers))
                span_ns = next_span_ns(took_ns, len(found))
                yield found
        finally:
            pool.shutdown(cancel_futures=True)

    def _records(self, measurement: str, start_ns: int, end_ns: int) -> list[str]:
        # Every record of a measurement in a slice.
        series = self._query.ask(
            f"SELECT /^{RECORD}(_[0-9]+)?$/ FROM {_name(measurement)} "  # noqa: S608 - quoted
            f"WHERE {self._env_is}time >= {start_ns} AND time < {end_ns}"
        )
        return list(chain.from_iterable(map(_texts, series)))

    def _extent(self, window: Window) -> tuple[int, int, int]:
        # Whole milliseconds from the first to behind the last point of the window, so that nothing
        # is asked about years without any, and how many points there are. Below the millisecond a
        # point's time only makes it unique.
        start_ns, end_ns = _floor_ms(window.since_ns), _ceil_ms(window.until_ns)
        first, last, count = (
            [
                (time_ns, value)
                for series in self._query.ask(
                    f"SELECT {function}(seq) FROM /.*/ "  # noqa: S608 - quoted
                    f"WHERE {self._env_is}time >= {start_ns} AND time < {end_ns}"
                )
                for time_ns, value in _decode_times(series.values)
            ]
            for function in ("FIRST", "LAST", "COUNT")
        )
        if not first:
            return end_ns, end_ns, 0
        points = round(sum(value for _, value in count))
        return _floor_ms(min(first)[0]), _ceil_ms(max(last)[0] + 1), points

    def _check_one_env(self) -> None:
        tables = self._query.ask(f"SHOW TAG VALUES WITH KEY = {_name(ENV_TAG)}")
        values = {env for series in tables for _, env in _decode_pairs(series.values)}
        if len(values) > 1:
            raise SettingsError(f"{self.name} holds {', '.join(sorted(values))}: {USE}")


def next_span_ns(span_ns: int, rows: int) -> int:
    """Return how long the next slice is, so that it holds about ROWS_WANTED rows."""
    wanted_ns = span_ns * ROWS_WANTED // max(1, rows)
    longest_ns = min(span_ns * GROWTH_MAX, SLICE_NS_MAX)
    return _ceil_ms(max(span_ns // GROWTH_MAX, min(wanted_ns, longest_ns), 1))


def influx_source(text: str, environ: Mapping[str, str] | None = None) -> InfluxSource:
    """Return the source of `http://host:8086/BUCKET` or the same with `?env=prod`.

    The token is in $INFLUX_TOKEN, or in the file that $INFLUX_TOKEN_FILE names; without either the
    store is asked without one. Raises SettingsError for what is no address.
    """
    parts = urlsplit(text)
    path, _, bucket = parts.path.rpartition("/")
    options = parse_qs(parts.query, keep_blank_values=True)
    if not bucket or options.keys() - {ENV_TAG}:
        raise SettingsError(f"{text!r} names no bucket: {USE}")
    url = f"{parts.scheme}://{parts.netloc}{path}"
    variables = os.environ if environ is None else environ  # noqa: TID251 - the token's place
    query = InfluxQuery(url, unquote(bucket), influx_token(variables))
    return InfluxSource(text, query, options.get(ENV_TAG, [None])[0])


def _floor_ms(ts_ns: int) -> int:
    return ts_ns // NS_PER_MS * NS_PER_MS


def _ceil_ms(ts_ns: int) -> int:
    return -(-ts_ns // NS_PER_MS) * NS_PER_MS


def _texts(table: Series) -> list[str]:
    # The column of the time, then one for each piece that a record may have.
    if len(table.columns) == 2:
        return [row.record for row in _decode_rows(table.values)]
    return ["".join(map(str, filter(None, row[1:]))) for row in _decode_pieces(table.values)]


def _name(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
