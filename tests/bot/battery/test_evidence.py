"""What a calibration has to show, and what is said when it does not."""

import msgspec
import pytest

from bot.battery.criteria import ESTIMATES, HOLDOUT, Criteria
from bot.battery.evidence import judge_calibration
from bot.domain.calibration import Calibration
from tests.bot.battery.makers import A_DAY_LATER_NS, UNTIL_NS, calibration, estimate

DAY_NS = 86_400 * 10**9


def failed(found: Calibration, now_ns: int = A_DAY_LATER_NS) -> list[str]:
    """What speaks against a calibration."""
    findings = judge_calibration(found, now_ns, Criteria())
    return [each.text for each in findings if not each.passed]


def test_nothing_speaks_against_a_good_one() -> None:
    """Measured lately and enough, and it predicts."""
    assert [] == failed(calibration())


def test_an_old_one_fails() -> None:
    """Markets and exchange have moved on."""
    assert [] == failed(calibration(), UNTIL_NS + 7 * DAY_NS)
    assert ["measured until 8.0 days ago; at most 7"] == failed(
        calibration(), UNTIL_NS + 8 * DAY_NS
    )


def test_one_from_the_future_fails() -> None:
    """Its clock or ours is wrong."""
    assert ["its window ends 1.0 days from now"] == failed(calibration(), UNTIL_NS - DAY_NS)


@pytest.mark.parametrize("name", ESTIMATES)
def test_each_measurement_is_needed(name: str) -> None:
    """The reason says which one, and what the extractor noted."""
    poor = estimate(sufficient=False, note="3 orders; 96 are needed")
    assert [f"{name} is not measured well enough, from 100 (3 orders; 96 are needed)"] == failed(
        calibration(**{name: poor})
    )


def test_a_missing_measurement_is_named() -> None:
    """A file of a later extractor may call it something else."""
    good = calibration()
    fewer = {name: each for name, each in good.estimates.items() if name != "queue_phi"}
    assert ["queue_phi is not in it"] == failed(msgspec.structs.replace(good, estimates=fewer))


@pytest.mark.parametrize(("ratio", "failures"), [(2.0, 0), (0.5, 0), (2.1, 1), (0.4, 1)])
def test_it_has_to_predict_unseen_hours_within_two(ratio: float, failures: int) -> None:
    """Either way."""
    assert failures == len(failed(calibration(**{HOLDOUT: estimate(ratio)})))


def test_without_a_prediction_it_fails() -> None:
    """Nothing held out, nothing proven."""
    poor = estimate(0.0, sufficient=False, note="4 traced fills")
    assert ["nothing says that it predicts: 4 traced fills"] == failed(
        calibration(**{HOLDOUT: poor})
    )
    good = calibration()
    fewer = {name: each for name, each in good.estimates.items() if name != HOLDOUT}
    assert [f"nothing says that it predicts: {HOLDOUT} is not in it"] == failed(
        msgspec.structs.replace(good, estimates=fewer)
    )
