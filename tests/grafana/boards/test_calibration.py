"""Calibration shows what is in use and whether it predicts."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

from grafana.boards import calibration


def titles(board: Dashboard) -> list[str]:
    """The titles of the panels."""
    return [p.title or "" for p in board.panels or [] if not isinstance(p, RowPanel)]


def test_what_is_in_use_how_old_it_is_and_what_it_does() -> None:
    """The hash by run, the age, every fold over time, and the twin."""
    assert {
        "Runs",
        "Age of what was measured",
        "DEMO : ${right:text}, every quantity",
        "Fills of ${right:text} and of the twin",
        "Twin agreement",
    } <= set(titles(calibration.build()))


def test_a_bot_without_a_calibration_says_so() -> None:
    """Its age is not zero, it has none."""
    panels = [p for p in calibration.build().panels or [] if not isinstance(p, RowPanel)]
    [age] = [p for p in panels if p.title == "Age of what was measured"]
    assert age.field_config is not None
    assert "on priors: nothing measured yet" == age.field_config.defaults.no_value


def test_the_twin_is_asked_for_agreement_and_for_nothing_of_its_venue() -> None:
    """Every kind of agreement is a series; without a twin the panel says so."""
    panels = [p for p in calibration.build().panels or [] if not isinstance(p, RowPanel)]
    [agreed] = [p for p in panels if p.title == "Twin agreement"]
    [query] = [target.expr for target in agreed.targets or []]  # type: ignore[attr-defined]
    assert query.startswith("sum by (agreement) (increase(pmm_twin_orders_total")
    assert agreed.field_config is not None
    assert "no twin is running" == agreed.field_config.defaults.no_value
