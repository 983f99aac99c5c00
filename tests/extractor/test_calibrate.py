"""A calibration changes what the data supports, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calibration import PaperConfig, Window, decode, encode
from extractor.calibrate import HEADLINES, calibrate, headline
from extractor.log import fold
from tests.extractor.conftest import START_NS, Day, Scribe

WINDOW = Window(START_NS, START_NS + 24 * 3_600 * 10**9)
GOLDEN = Path(__file__).parent / "golden" / "calibration.json"
KEYS = {
    *("real_fill_rate", "real_adverse_selection_bps", "real_fee_bps", "real_latency_ms"),
    *("real_rejection_rate", "real_spread_bps", "real_gas_cost_per_tx", "real_max_jump_pct"),
    *("suggested_paper_config", "schema_version", "window", "counts", "estimates", "by_level"),
    *("by_horizon", "rejections_by_reason", "markets", "source", "hash"),
}


def test_calibration_of_a_known_day_is_the_golden_file(day: Day) -> None:
    """Every figure of the file, to the last digit; delete the file and run again to renew it."""
    text = encode(calibrate(fold(day.events), WINDOW, "journal:state/journal"))
    if not GOLDEN.exists():  # pragma: no cover - only when it is renewed
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_bytes(text)
    assert rounded(msgspec.json.decode(GOLDEN.read_bytes())) == rounded(msgspec.json.decode(text))


def test_top_level_keys_are_the_contract(day: Day) -> None:
    """Exactly the keys that the design names."""
    tree = msgspec.json.decode(encode(calibrate(fold(day.events), WINDOW, "x")))
    assert KEYS == tree.keys()


def test_a_file_can_be_loaded_by_the_bot(day: Day) -> None:
    """What is written passes the reader's checks and its hash."""
    calibration = calibrate(fold(day.events), WINDOW, "x")
    assert calibration == decode(encode(calibration))


@pytest.mark.slow
def test_the_truth_of_a_long_day_reaches_paper(make_day: Callable[..., Day]) -> None:
    """Latency, queue and rejections of paper are production's, and each says it was applied."""
    log = fold(make_day(orders=1_500, seed=5).events)
    calibration = calibrate(log, WINDOW, "x")
    config = calibration.suggested_paper_config
    assert pytest.approx(250.0, rel=0.05) == config.rtt.median_ms
    assert 21 == len(config.cancel_rtt.quantiles_ms)
    assert pytest.approx(0.7, abs=0.1) == config.queue.phi
    assert pytest.approx(0.1, abs=0.02) == sum(config.rejections.probability.values())
    assert config.fill_probability == calibration.real_fill_rate
    assert config.adverse_selection_bps == calibration.real_adverse_selection_bps
    applied = {estimate.applied for estimate in calibration.estimates.values()}
    assert {
        *("rtt", "cancel_rtt", "settlement.delay", "queue.phi", "rejections.probability"),
        *("fill_probability", "adverse_selection_bps", "maker_fee_bps"),
    } <= applied


def test_what_an_order_log_cannot_tell_says_so(day: Day) -> None:
    """The entry split and the residual are named, empty and explained."""
    calibration = calibrate(fold(day.events), WINDOW, "x")
    prior = PaperConfig()
    assert "not identifiable" in calibration.estimates["entry_share"].note
    assert calibration.estimates["residual_cash_cents"].value is None
    assert prior.entry_share == calibration.suggested_paper_config.entry_share
    assert 0.0 == calibration.suggested_paper_config.residual_cash_cents


def test_an_empty_log_changes_nothing() -> None:
    """No order: eight nulls with reasons, and the prior as it was."""
    calibration = calibrate(fold([]), WINDOW, "x")
    assert PaperConfig() == calibration.suggested_paper_config
    assert {None} == {getattr(calibration, key) for key in HEADLINES}
    assert all(calibration.estimates[name].note for name in HEADLINES.values())


def test_a_given_prior_is_kept_where_nothing_was_measured() -> None:
    """Also one that is not the default."""
    prior = PaperConfig(entry_share=0.7, fill_probability=0.2, gas_usd_per_onchain_op=0.01)
    assert prior == calibrate(fold([]), WINDOW, "x", prior).suggested_paper_config


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(0, 40), st.booleans(), st.floats())
def test_small_samples_never_set_what_needs_large_ones(
    accepted: int,
    rejected: int,
    one_sided: bool,  # noqa: FBT001 - drawn
    cost: float,
) -> None:
    """Zero fills, zero rejections, an empty side, NaN: no crash, no measurement."""
    scribe = Scribe()
    for number in range(accepted + rejected):
        scribe.submit(f"{number}", number * 1_000.0)
        if number < accepted:
            scribe.accept(f"{number}", number * 1_000.0 + 100, latency_ms=abs(cost))
            if number % 3 == 0:
                scribe.fill(f"{number}", number * 1_000.0 + 200)
                scribe.mark(f"{number}", number * 1_000.0 + 300, cost)
        else:
            scribe.reject(f"{number}", number * 1_000.0 + 100)
        scribe.quote(number * 1_000.0, best_ask=None if one_sided else 5100)
    calibration = calibrate(fold(scribe.events), WINDOW, "x")
    prior, config = PaperConfig(), calibration.suggested_paper_config
    assert calibration == decode(encode(calibration))
    assert msgspec.structs.replace(config, maker_fee_bps=prior.maker_fee_bps) == prior
    assert calibration.real_latency_ms is None
    assert calibration.real_adverse_selection_bps is None
    assert calibration.real_spread_bps is None
    assert (calibration.real_max_jump_pct is None) or not one_sided


def test_damage_is_part_of_the_counts(scribe: Scribe) -> None:
    """A reader of the file sees what was skipped."""
    scribe.accept("ghost", 0.0)
    counts = calibrate(fold(scribe.events), WINDOW, "x").counts
    assert 1 == counts["damage.OrderAccepted_without_submit"]


def test_only_sufficient_estimates_make_headlines(day: Day) -> None:
    """A value below its minimum stays in `estimates`."""
    p99 = calibrate(fold(day.events), WINDOW, "x").estimates["ack_p99_ms"]
    assert p99.value is not None
    assert headline(p99) is None


def rounded(tree: object) -> object:
    """The tree with floats to nine digits and without the hash: the same on every processor."""
    if isinstance(tree, dict):
        return {key: rounded(value) for key, value in tree.items() if key != "hash"}
    if isinstance(tree, list):
        return [rounded(value) for value in tree]
    return float(f"{tree:.9g}") if isinstance(tree, float) else tree
