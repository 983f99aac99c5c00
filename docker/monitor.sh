#!/bin/sh
# The watchdog: over DEMO, and over production once that is asked for.
set -eu
if [ "${PMM_LIVE:-}" = yes ]; then
    set -- --prod http://prod:9101/metrics --wallet http://wallet:9112/metrics
fi
exec python -m alerting monitor --demo http://demo:9101/metrics "$@" \
    --grafana "${PMM_GRAFANA_URL:-http://127.0.0.1:3000}" --state /state/monitor.json --host 0.0.0.0 --beat-port 9113
