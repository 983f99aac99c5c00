#!/bin/sh
# The paper bot, with the calibration when there is one; without it, on the priors.
set -eu
calibration="${1:-/calibration/calibration.json}"
if [ -s "$calibration" ]; then
    export PMM_CALIBRATION="$calibration"
else
    echo "paper: no calibration yet, on the priors"
fi
exec python -m bot run --venue paper
