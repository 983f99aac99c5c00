"""The store behind `influxdb-client`: the only file that imports it.

Its batching writer is never used: it drops what it could not deliver after 180 s and blocks its
only thread meanwhile. One synchronous request, one answer; when to ask again is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService
from urllib3.exceptions import HTTPError

from exporters.shipper.answer import (
    REASON_LENGTH_MAX,
    RETRY_AFTER_S_MAX,
    Answer,
    Outcome,
    outcome_of,
)

TIMEOUT_MS = 10_000
"""For connecting and for the answer."""

_DROPPED = re.compile(r"dropped=(\d+)")


class InfluxStore:
    """Writes lines to one bucket. Its token is in no text that it gives back."""

    def __init__(
        self, url: str, org: str, bucket: str, token: str, *, timeout_ms: int = TIMEOUT_MS
    ) -> None:
        """Take where to write; nothing is sent yet."""
        self._org = org
        self._bucket = bucket
        self._token = token
        self._client = InfluxDBClient(
            url=url, token=token, org=org, timeout=timeout_ms, enable_gzip=True, retries=False
        )
        self._service = WriteService(self._client.api_client)  # type: ignore[no-untyped-call]

    def write(self, lines: Sequence[str]) -> Answer:
        """Write the lines, gzipped, and return what came of it."""
        try:
            _, status, _ = self._service.post_write_with_http_info(  # type: ignore[no-untyped-call]
                org=self._org,
                bucket=self._bucket,
                body="\n".join(lines).encode(),
                precision=WritePrecision.NS,
            )
        except ApiException as error:
            return self._refusal(error)
        except (HTTPError, OSError) as error:
            return Answer(Outcome.UNREACHABLE, self._clean(f"{type(error).__name__}: {error}"))
        return Answer(outcome_of(status), f"status {status}")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _refusal(self, error: ApiException) -> Answer:
        status = error.status or 0
        if not status:  # how the client reports a failed TLS handshake
            return Answer(Outcome.MISCONFIGURED, self._clean(str(error.reason)))
        text = error.body or error.reason or ""
        dropped = _DROPPED.search(str(text))
        headers: Mapping[str, str] = error.headers or {}
        return Answer(
            outcome_of(status),
            self._clean(f"status {status}: {text}"),
            retry_after_s(headers.get("Retry-After")),
            int(dropped[1]) if dropped else None,
        )

    def _clean(self, text: str) -> str:
        # A proxy may echo the request. One line, of a length that a log can hold.
        return " ".join(text.replace(self._token, "***").split())[:REASON_LENGTH_MAX]


def retry_after_s(header: str | None) -> float:
    """Return the pause a store asks for, at most RETRY_AFTER_S_MAX; 0 for none, or for a date."""
    if header is None or not header.strip().isdecimal():
        return 0.0
    return min(float(header), RETRY_AFTER_S_MAX)
