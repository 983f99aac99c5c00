"""What a panel asks: a PromQL or an InfluxQL query, and where the data is."""

from __future__ import annotations

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

PROMETHEUS_UID = "pmm-prometheus"
INFLUXDB_UID = "pmm-influxdb"
PROMETHEUS = DataSourceRef(type_val="prometheus", uid=PROMETHEUS_UID)
INFLUXDB = DataSourceRef(type_val="influxdb", uid=INFLUXDB_UID)
"""Fixed uids, the same as in provisioning/datasources, so that links and panels survive."""


def prom(expr: str, legend: str = "") -> prometheus.Dataquery:
    """Return a query over the time range; `legend` may name labels as {{label}}."""
    query = prometheus.Dataquery().expr(expr).range().datasource(PROMETHEUS)
    return query.legend_format(legend) if legend else query


def prom_now(expr: str, legend: str = "") -> prometheus.Dataquery:
    """Return a query for the value of now alone, as a table of labels and value."""
    query = prometheus.Dataquery().expr(expr).instant().format(PromQueryFormat.TABLE)
    return query.datasource(PROMETHEUS).legend_format(legend)


def prom_heat(expr: str) -> prometheus.Dataquery:
    """Return a query over buckets by `le`, for a heatmap."""
    query = prometheus.Dataquery().expr(expr).range().format(PromQueryFormat.HEATMAP)
    return query.legend_format("{{le}}").datasource(PROMETHEUS)


class InfluxQuery(Dataquery):
    """A raw InfluxQL query as Grafana stores it; the SDK has no type for it."""

    def __init__(self, query: str, alias: str, result_format: str) -> None:
        """Take the text; `ref_id` is set when the panel is put together."""
        self.query = query
        self.alias = alias
        self.result_format = result_format
        self.ref_id = ""

    def to_json(self) -> dict[str, object]:
        """Return what goes into the dashboard."""
        return {
            "alias": self.alias,
            "datasource": INFLUXDB,
            "query": self.query,
            "rawQuery": True,
            "refId": self.ref_id,
            "resultFormat": self.result_format,
        }


class Influx(Builder[Dataquery]):
    """Builds an InfluxQL query; the verbs are those of the SDK's own query builders."""

    def __init__(self, query: str, alias: str = "", *, as_table: bool = False) -> None:
        """Take the text, and the name of the series it gives."""
        self._query = InfluxQuery(query, alias, "table" if as_table else "time_series")

    def ref_id(self, ref_id: str) -> Influx:
        """Name the query within its panel."""
        self._query.ref_id = ref_id
        return self

    def build(self) -> InfluxQuery:
        """Return the query."""
        return self._query


Query = prometheus.Dataquery | Influx
"""What a panel takes."""
