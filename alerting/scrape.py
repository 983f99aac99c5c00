"""Prometheus: what is scraped, under which labels, and where rules and Alertmanager are.

Names are those of the services of docker-compose.yml, found by DNS: a bot that was never started
has no target and is not missed, one that was there and is gone is.
"""

from __future__ import annotations

from alerting.rule import GRAFANA_LABEL
from alerting.yaml import Value

RULES = "/etc/prometheus/rules/*.yml"
BOTS = {"demo": "demo:9101", "prod": "prod:9101", "rehearsal": "rehearsal:9101"}
"""Address by the label `env`, which no bot knows of itself."""
TWINS = {"prod": "prod:9105", "rehearsal": "rehearsal:9105"}
"""Address of the twin by the bot beside which it runs. Each is `twin` in `env`, whosever it is: who
wants both at once tells them apart by `instance`."""
TWIN = "twin"
SHIPPERS = {env: f"shipper-{env}:9104" for env in BOTS}
TWIN_SHIPPERS = {env: f"shipper-{env}-twin:9104" for env in TWINS}
HELPERS = {"divergence": "divergence:9111"}
WALLET = "wallet:9112"
GRAFANA = "${PMM_GRAFANA_URL}"
"""Where people open Grafana; Prometheus puts the variable's value here when it reads the file."""


def prometheus() -> dict[str, Value]:
    """Return the configuration of Prometheus."""
    bots = [_found(env, address, "bot", env) for env, address in BOTS.items()]
    shippers = [
        _found(f"shipper-{env}", address, "shipper", env) for env, address in SHIPPERS.items()
    ]
    twins = [
        *(_found(f"twin-{env}", address, TWIN, TWIN) for env, address in TWINS.items()),
        *(
            _found(f"shipper-{env}-twin", address, "shipper", TWIN)
            for env, address in TWIN_SHIPPERS.items()
        ),
    ]
    helpers = [_found(job, address, job, None) for job, address in HELPERS.items()]
    return {
        "global": {
            "scrape_interval": "15s",
            "evaluation_interval": "30s",
            "metric_name_validation_scheme": "legacy",
            "external_labels": {GRAFANA_LABEL: GRAFANA},
        },
        "rule_files": [RULES],
        "alerting": {
            # The address is for the links of the rules; alerts are not told apart by it.
            "alert_relabel_configs": [{"action": "labeldrop", "regex": GRAFANA_LABEL}],
            "alertmanagers": [{"static_configs": [{"targets": ["alertmanager:9093"]}]}],
        },
        "scrape_configs": [
            *bots,
            *shippers,
            *twins,
            *helpers,
            _found("wallet", WALLET, "wallet", "prod"),
            _static("prometheus", "127.0.0.1:9090"),
            _static("alertmanager", "alertmanager:9093"),
        ],
    }


def _found(name: str, address: str, job: str, env: str | None) -> dict[str, Value]:
    host, _, port = address.partition(":")
    labels = {"job": job, "instance": address} | ({"env": env} if env else {})
    return {
        "job_name": name,
        "dns_sd_configs": [{"names": [host], "type": "A", "port": int(port)}],
        # A restarted container has another address: without this, every restart is a new series.
        "relabel_configs": [
            {"target_label": label, "replacement": value} for label, value in labels.items()
        ],
    }


def _static(job: str, address: str) -> dict[str, Value]:
    return {"job_name": job, "static_configs": [{"targets": [address]}]}
