"""A wrong entry of the catalogue cannot be made."""

from typing import Any

import msgspec
import pytest

from exporters.catalogue.types import MARKET, Kind, Label, Metric, by_name

GOOD = Metric(name="pmm_fills_total", kind=Kind.COUNTER, help="Fills; moves at each.")
COLOUR = Label("colour", ("red", "other"))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": "fills_total"}, "prefix"),
        ({"name": "pmm_Fills_total"}, "lower case"),
        ({"name": "pmm_fills"}, "_total"),
        ({"kind": Kind.GAUGE}, "_total"),
        ({"name": "pmm_fills_info"}, "_info"),
        ({"unit": "seconds"}, "unit"),
        ({"buckets": (1.0,), "why_buckets": "so"}, "misplaces buckets"),
        ({"name": "pmm_x", "kind": Kind.HISTOGRAM}, "misplaces buckets"),
        ({"name": "pmm_x", "kind": Kind.HISTOGRAM, "buckets": (1.0,)}, "without a reason"),
        (
            {
                "name": "pmm_x",
                "kind": Kind.HISTOGRAM,
                "buckets": (2.0, 1.0),
                "why_buckets": "so",
            },
            "ascend",
        ),
        ({"is_unknown_at_start": True}, "starts at 0"),
        ({"help": "fills"}, "sentence"),
    ],
)
def test_an_entry_that_breaks_a_rule_is_refused(changes: dict[str, Any], rule: str) -> None:
    """The error names the metric and the rule."""
    with pytest.raises(ValueError, match=rule):
        msgspec.structs.replace(GOOD, **changes)


def test_a_name_comes_once() -> None:
    """Two metrics of one name are refused."""
    assert {"pmm_fills_total": GOOD} == by_name([GOOD])
    with pytest.raises(ValueError, match="pmm_fills_total"):
        by_name([GOOD, GOOD])


def test_a_closed_label_takes_no_other_value() -> None:
    """What the set does not name becomes `other`; an open label takes anything."""
    assert ("red", "other") == (COLOUR.value("red"), COLOUR.value("blue"))
    assert "any-slug" == MARKET.value("any-slug")


def test_series_are_what_a_query_says() -> None:
    """A histogram has three series, everything else its own name."""
    histogram = Metric(
        name="pmm_wait_seconds",
        kind=Kind.HISTOGRAM,
        unit="seconds",
        help="Waiting; moves at each.",
        buckets=(1.0,),
        why_buckets="one is enough",
    )
    assert ("pmm_fills_total",) == GOOD.series
    assert (
        "pmm_wait_seconds_bucket",
        "pmm_wait_seconds_count",
        "pmm_wait_seconds_sum",
    ) == histogram.series
