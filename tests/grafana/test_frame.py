"""What all dashboards share."""

from __future__ import annotations

import json

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from exporters.catalogue.money import HORIZON
from grafana import frame
from grafana.promql import ENVS


def options(variable: frame.Variable) -> list[str]:
    """The values that a variable offers."""
    made = json.loads(JSONEncoder().encode(variable.build()))
    return [option["value"] for option in made["options"]]


def test_the_right_side_is_production_unless_chosen_otherwise() -> None:
    """Production first; rehearsal and twin can stand in its place, DEMO cannot."""
    made = json.loads(JSONEncoder().encode(frame.right_side().build()))
    assert {"selected": True, "text": "PROD", "value": "prod"} == made["current"]
    assert ["prod", "rehearsal", "twin"] == options(frame.right_side())


def test_choices_offer_only_what_is_served() -> None:
    """Environments are those of the scrape configuration, horizons those of the catalogue."""
    assert list(ENVS) == options(frame.env())
    assert list(HORIZON.values or ()) == options(frame.horizon())


def test_markets_come_from_the_bots_and_all_are_chosen_at_first() -> None:
    """The list follows the time range, and everything is a regular expression that fits all."""
    made = json.loads(JSONEncoder().encode(frame.markets().build()))
    assert ("label_values(pmm_open_orders, market)", ".*", "$__all") == (
        made["query"],
        made["allValue"],
        made["current"]["value"],
    )
