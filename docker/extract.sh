#!/bin/sh
# Measures production every hour and writes the calibration. Only production trains it; while there
# is none, the rehearsal does, when it runs. The bots take up a new file within a minute.
set -eu
journals="${1:-/journals}"
out="${2:-/calibration}"
every_s="${3:-3600}"

trap 'exit 0' TERM INT
while :; do
    source=""
    for env in prod rehearsal; do
        if [ -n "$(ls "$journals/$env/journal" 2>/dev/null)" ]; then
            source="$journals/$env/journal"
            break
        fi
    done
    if [ -z "$source" ]; then
        echo "extract: nothing to learn from: neither production nor rehearsal has traded yet"
    elif python -m extractor --since 24h --source "journal:$source" \
        --out "$out/calibration.json" --report "$out/report.html"; then
        echo "extract: $out/calibration.json is up to date, from $source"
    else
        echo "extract: failed, the calibration stays as it is; again in $every_s s" >&2
    fi
    date +%s >/tmp/extract-beat
    sleep "$every_s" &
    wait $!
done
