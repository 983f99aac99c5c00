"""Queries as Grafana stores them."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import targets

SOURCES = Path(targets.__file__).parent / "provisioning" / "datasources" / "pmm.yaml"


def test_an_influx_query_is_raw_text_for_the_fixed_source() -> None:
    """The SDK has no type for it, so its shape is ours to hold."""
    query = targets.Influx("SELECT 1", "one", as_table=True).ref_id("A").build()
    assert {
        "alias": "one",
        "datasource": {"type": "influxdb", "uid": "pmm-influxdb"},
        "query": "SELECT 1",
        "rawQuery": True,
        "refId": "A",
        "resultFormat": "table",
    } == json.loads(JSONEncoder().encode(query))


def test_prometheus_queries_look_at_a_range_at_now_or_at_buckets() -> None:
    """Three kinds, each with its format."""
    over_time = targets.prom("up", "{{env}}").build().to_json()
    now = targets.prom_now("up").build().to_json()
    heat = targets.prom_heat("up").build().to_json()
    assert (True, "{{env}}") == (over_time["range"], over_time["legendFormat"])
    assert (True, "table") == (now["instant"], now["format"])
    assert ("heatmap", "{{le}}") == (heat["format"], heat["legendFormat"])


def test_the_sources_are_provisioned_with_these_uids() -> None:
    """A panel whose source has another uid shows nothing."""
    provisioned = {s["uid"]: s["type"] for s in yaml.safe_load(SOURCES.read_text())["datasources"]}
    assert "prometheus" == provisioned[targets.PROMETHEUS_UID]
    assert "influxdb" == provisioned[targets.INFLUXDB_UID]
