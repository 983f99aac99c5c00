"""The calibration file: the agreed keys, whole or refused, and never a guess."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calibration import (
    SCHEMA_VERSION,
    Calibration,
    Estimate,
    Latency,
    PaperConfig,
    QueueParameters,
    RejectionParameters,
    Window,
    content_hash,
    decode,
    encode,
)
from bot.domain.errors import CalibrationError
from bot.domain.reports import ENDOGENOUS, RejectionReason

MEASURED = (
    "real_fill_rate",
    "real_adverse_selection_bps",
    "real_fee_bps",
    "real_latency_ms",
    "real_rejection_rate",
    "real_spread_bps",
    "real_gas_cost_per_tx",
    "real_max_jump_pct",
)
OTHERS = (
    "suggested_paper_config",
    "schema_version",
    "window",
    "counts",
    "estimates",
    "by_level",
    "by_horizon",
    "rejections_by_reason",
    "markets",
    "source",
    "hash",
)


def calibration(**changes: object) -> Calibration:
    """A small calibration in which most could not be measured."""
    known: dict[str, Any] = dict.fromkeys(MEASURED)
    known |= {"real_fill_rate": 0.25, "suggested_paper_config": PaperConfig()}
    known |= {"schema_version": SCHEMA_VERSION, "window": Window(0, 10), "counts": {"orders": 400}}
    known |= {"estimates": {}, "by_level": {}, "by_horizon": {}, "markets": ("rain",)}
    known |= {"rejections_by_reason": {"other": 4}, "source": "journal"}
    return Calibration(**(known | changes))


def edited(**changes: object) -> bytes:
    """The text of a calibration with some of its keys written over by hand."""
    content = msgspec.json.decode(encode(calibration()))
    return msgspec.json.encode(content | changes)


def test_the_keys_are_the_contract() -> None:
    """The eight measured keys, the suggested configuration and the rest, by these names."""
    assert MEASURED + OTHERS == Calibration.__struct_fields__
    suggested = set(PaperConfig.__struct_fields__)
    assert suggested >= {"fill_probability", "adverse_selection_bps", "maker_fee_bps"}


@given(
    rate=st.none() | st.floats(0, 1),
    interval=st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    level=st.text(max_size=5),
    phi=st.floats(0, 1, exclude_min=True),
    quantiles=st.lists(st.floats(0, 1e6), min_size=2).map(sorted).map(tuple),
)
def test_a_calibration_survives_its_file(
    rate: float | None,
    interval: tuple[float, float] | None,
    level: str,
    phi: float,
    quantiles: tuple[float, ...],
) -> None:
    """What is written is read back, with the hash of its content; writing again changes nothing."""
    estimate = Estimate(rate, "1", interval, 9, "wilson", sufficient=False, note="too few")
    config = PaperConfig(queue=QueueParameters(phi=phi), rtt=Latency(quantiles_ms=quantiles))
    written = calibration(
        real_fill_rate=rate, by_level={level: estimate}, suggested_paper_config=config
    )
    read = decode(encode(written))
    assert written == msgspec.structs.replace(read, hash="")
    assert content_hash(written) == read.hash
    assert encode(written) == encode(read)


def test_an_edit_by_hand_is_noticed() -> None:
    """A number changed in the file no longer fits its hash."""
    with pytest.raises(CalibrationError, match="hash does not match"):
        decode(edited(real_fill_rate=0.99))


def test_a_file_without_a_hash_is_refused() -> None:
    """No hash is no proof."""
    with pytest.raises(CalibrationError, match="hash does not match"):
        decode(edited(hash=""))


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_another_schema_is_refused(version: int) -> None:
    """A file of another version says what to do: extract again."""
    with pytest.raises(
        CalibrationError, match=f"schema_version {version} .*run the extractor again"
    ):
        decode(edited(schema_version=version))


@pytest.mark.parametrize("length", [0, 1, 100, -2])
def test_a_file_that_was_cut_is_refused(length: int) -> None:
    """Part of a file is no file."""
    with pytest.raises(CalibrationError, match="not a calibration file"):
        decode(encode(calibration())[:length])


def test_a_file_that_is_no_text_is_refused() -> None:
    """A byte that went bad on the disk is a bad file like any other, not an error of ours."""
    text = encode(calibration(source="here"))
    with pytest.raises(CalibrationError, match="not a calibration file"):
        decode(text.replace(b"here", b"\xffere"))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"real_luck": 1.0}, "real_luck"),
        ({"real_fill_rate": "0.5"}, "real_fill_rate"),
        ({"suggested_paper_config": {"fill_probability": 1.5}}, "fill_probability"),
        ({"suggested_paper_config": {"luck": 1}}, "luck"),
        ({"suggested_paper_config": {"rtt": {"median_ms": 0}}}, "median_ms"),
        ({"suggested_paper_config": {"rtt": {"quantiles_ms": [3, 2, 1]}}}, "ascending"),
        ({"suggested_paper_config": {"rtt": {"quantiles_ms": [3]}}}, "at least 2"),
        ({"suggested_paper_config": {"queue": {"phi": 0}}}, "phi"),
        ({"suggested_paper_config": {"rejections": {"probability": {"luck": 0.1}}}}, "luck"),
    ],
)
def test_bad_content_is_named(changes: dict[str, Any], why: str) -> None:
    """Unknown keys and values out of bounds are refused by name."""
    with pytest.raises(CalibrationError, match=why):
        decode(edited(**changes))


@pytest.mark.parametrize("reason", sorted(ENDOGENOUS))
def test_what_emerges_may_not_be_drawn(reason: RejectionReason) -> None:
    """A rejection that comes from book or account is never also drawn at random."""
    with pytest.raises(ValueError, match=f"rejection reasons {reason} emerge"):
        RejectionParameters({reason: 0.1})


def test_rejections_are_at_most_certain() -> None:
    """Probabilities of exclusive reasons add up to 1 at most."""
    RejectionParameters({RejectionReason.OTHER: 0.9, RejectionReason.AUTH: 0.1})
    with pytest.raises(ValueError, match="more than 1"):
        RejectionParameters({RejectionReason.OTHER: 0.9, RejectionReason.AUTH: 0.2})


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_none_is_not_written(number: float) -> None:
    """NaN would come back as "not measured"; it is an error of the extractor instead."""
    with pytest.raises(CalibrationError, match="not finite"):
        encode(calibration(real_spread_bps=number))


def test_a_value_out_of_bounds_is_not_written() -> None:
    """Nobody finds out at the next start that the file cannot be loaded."""
    with pytest.raises(CalibrationError, match="fill_probability"):
        encode(calibration(suggested_paper_config=PaperConfig(fill_probability=1.5)))


@pytest.mark.parametrize(("phi", "n"), [(0.5, 1.0), (0.75, 3.0), (1.0, math.inf)])
def test_phi_is_the_exponent_on_a_bounded_scale(phi: float, n: float) -> None:
    """0.5 is proportional, 1 is risk-averse."""
    assert n == QueueParameters(phi=phi).power_n
