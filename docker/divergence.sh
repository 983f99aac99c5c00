#!/bin/sh
# The detector: DEMO against production once that is asked for, until then against the rehearsal.
set -eu
other=rehearsal
if [ "${PMM_LIVE:-}" = yes ]; then
    other=prod
fi
exec python -m exporters divergence --demo http://demo:9101/metrics \
    --prod "http://$other:9101/metrics" --state /state/divergence.json --host 0.0.0.0
