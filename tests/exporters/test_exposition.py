"""What a server answers is what the library would, tables and everything else alike."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.exposition import generate_latest as _untyped

from exporters.exposition import encode
from exporters.prometheus import PrometheusSink
from tests.exporters.samples import MARKET, SAMPLES
from tests.stack.compose.test_scraped import bot, shipper, wallet

generate_newer: Callable[[CollectorRegistry], bytes] = _untyped
PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
"""What Prometheus 3 sends."""


def test_whole_processes_are_shown_as_the_library_shows_them() -> None:
    """A bot after every kind of event, with probes, and the two others with series of their own."""
    busy = CollectorRegistry()
    sink = PrometheusSink(busy, [MARKET])
    for event in SAMPLES:
        sink.publish(event)
        assert generate_latest(busy) == encode(busy, "")[0]
    for registry in (busy, bot(), shipper(), wallet()):
        assert generate_latest(registry) == encode(registry, "text/plain")[0]
        assert generate_newer(registry) == encode(registry, PROMETHEUS)[0]


def test_the_format_is_the_one_asked_for() -> None:
    """With the content type that the library would give it."""
    registry = CollectorRegistry()
    Counter("other", "Of somebody else.", registry=registry)
    for accept in (PROMETHEUS, "*/*", "", "text/plain;version=1.0.0;escaping=underscores"):
        library, content_type = choose_encoder(accept)
        assert (library(registry), content_type) == encode(registry, accept)
