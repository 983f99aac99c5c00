"""The events of a bucket, put back into the order in which they happened.

The store keeps events by kind and cuts their times to unique ones, so a window is read in slices:
everything in one slice by one question, sorted by true time and number. A slice is small enough for
memory, and a question that failed half-way is asked again without harm, since nothing of it was
handed on. While one slice is used the store works on the next. Of each point only `record` is asked
for, the event as the journal has it.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, pairwise
from operator import attrgetter
from urllib.parse import parse_qs, unquote

import msgspec

from bot.domain.calibration import Window
from bot.domain.errors import InputError, SettingsError
from bot.domain.events import Event
from bot.domain.units import NS_PER_MS, NS_PER_S
from exporters.influx_token import influx_token
from exporters.points import RECORD, events_of
from exporters.points.schema import ENV_TAG
from extractor.influx_query import InfluxQuery, Series, split_address

ROWS_WANTED = 50_000
"""In one slice: a hundred MB of memory or two."""
HOUR_NS = 3600 * NS_PER_S
"""Points are counted by the hour to know where to cut."""
SLICES_AHEAD = 2
"""Asked for while one is used; the store answers each on one of its cores."""

_decode_times = msgspec.msgpack.Decoder(list[tuple[int, float]]).decode
_decode_pairs = msgspec.msgpack.Decoder(list[tuple[str, str]]).decode


class _Row(msgspec.Struct, array_like=True, gc=False):
    time_ns: int
    record: str


_decode_rows = msgspec.msgpack.Decoder(list[_Row]).decode
_decode_pieces = msgspec.msgpack.Decoder(list[list[str | int | None]]).decode
_time = attrgetter("ts_ns")
_number = attrgetter("seq")
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

    @property
    def damaged_first(self) -> str | None:
        """`None`: a row has no place a person could look at."""
        return None

    def events(self, window: Window) -> Iterator[Event]:
        """Yield the events of the window in the order of each run.

        Raises InputError when the store does not answer, or not completely, or holds points
        without their event; SettingsError when it holds several `env` and none was chosen.
        """
        if self._env is None:
            self._check_one_env()
        read = 0
        points = self._points_by_hour(window)
        for records in self._answers(slices(points, window)):
            read += len(records)
            events = events_of(records)
            self._damaged += len(records) - len(events)
            events.sort(key=_number)
            events.sort(key=_time)
            first = bisect_left(events, window.since_ns, key=_time)
            yield from events[first : bisect_left(events, window.until_ns, key=_time)]
        lacking = sum(points.values()) - read
        if lacking > 0:
            raise InputError(
                f"{self.name}: {lacking} of {lacking + read} points came without {RECORD!r}: an "
                "older shipper wrote them (delete its position.json, and it sends them again), or "
                "the store cuts its answers (max-row-limit)"
            )

    def _answers(self, spans: Sequence[tuple[int, int]]) -> Iterator[list[str]]:
        # The records of slice after slice, the next ones asked for already.
        pool = ThreadPoolExecutor(SLICES_AHEAD)
        asked: deque[Future[list[str]]] = deque()
        try:
            for span in spans:
                asked.append(pool.submit(self._records, *span))
                if len(asked) > SLICES_AHEAD:
                    yield asked.popleft().result()
            while asked:
                yield asked.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _records(self, start_ns: int, end_ns: int) -> list[str]:
        # Every record of a slice.
        series = self._query.ask(
            f"SELECT /^{RECORD}(_[0-9]+)?$/ FROM /.*/ "  # noqa: S608 - quoted
            f"WHERE {self._env_is}time >= {start_ns} AND time < {end_ns}"
        )
        return list(chain.from_iterable(map(_texts, series)))

    def _points_by_hour(self, window: Window) -> Counter[int]:
        # How many points each hour has, by its begin, so that nothing is asked about years
        # without any. Below the millisecond a point's time only makes it unique.
        tables = self._query.ask(
            "SELECT COUNT(seq) FROM /.*/ "  # noqa: S608 - quoted
            f"WHERE {self._env_is}time >= {_floor_ms(window.since_ns)} "
            f"AND time < {_ceil_ms(window.until_ns)} GROUP BY time(1h) fill(none)"
        )
        points: Counter[int] = Counter()
        for table in tables:
            for hour_ns, count in _decode_times(table.values):
                points[hour_ns] += round(count)
        return points

    def _check_one_env(self) -> None:
        tables = self._query.ask(f"SHOW TAG VALUES WITH KEY = {_name(ENV_TAG)}")
        values = {env for series in tables for _, env in _decode_pairs(series.values)}
        if len(values) > 1:
            raise SettingsError(f"{self.name} holds {', '.join(sorted(values))}: {USE}")


def slices(points: Mapping[int, int], window: Window) -> list[tuple[int, int]]:
    """Return [start, end) of slices with at most ROWS_WANTED points, if those of an hour are even.

    `points` by the begin of their hour. All of them are within the slices, which are in whole ms
    and, but for less than a ms, within the window.
    """
    first_ns, last_ns = _floor_ms(window.since_ns), _ceil_ms(window.until_ns)
    found: list[tuple[int, int]] = []
    room = 0
    for hour_ns, count in sorted(points.items()):
        start_ns, end_ns = max(hour_ns, first_ns), min(hour_ns + HOUR_NS, last_ns)
        if count <= room:
            found[-1] = (found[-1][0], end_ns)
            room -= count
            continue
        parts = -(-count // ROWS_WANTED)
        cuts = [start_ns + (end_ns - start_ns) * part // parts for part in range(1, parts)]
        edges = [start_ns, *map(_floor_ms, cuts), end_ns]
        found.extend(pairwise(edges))
        room = max(0, ROWS_WANTED - count)
    return found


def influx_source(text: str, environ: Mapping[str, str] | None = None) -> InfluxSource:
    """Return the source of `http://host:8086/BUCKET` or the same with `?env=prod`.

    The token is in $INFLUX_TOKEN, or in the file that $INFLUX_TOKEN_FILE names; without either the
    store is asked without one. Raises SettingsError for what is no address.
    """
    parts = split_address(text)
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
