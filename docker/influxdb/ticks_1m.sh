#!/bin/sh
# Makes the bucket of minutes and the task that fills it. The image of InfluxDB runs this once, when
# its volume is new, between its set-up and its start; it fails the start when anything is refused.
#
# The token goes to curl by its configuration on stdin, so that it is in no list of processes.
set -eu
task="${1:-/docker-entrypoint-initdb.d/ticks_1m.flux}"
token="$(cat "$DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE")"

# Whatever is read, as the inside of a JSON text.
json() {
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/$/\\n/' | tr -d '\n'
}

# What is posted is below a path of the API; the answer is shown when it is refused.
post() {
    answer="$(printf 'header = "Authorization: Token %s"\n' "$token" |
        curl -sS --fail-with-body --config - --header 'Content-Type: application/json' \
            --data "$2" "$INFLUX_HOST/api/v2/$1")" || {
        echo "ticks_1m: $answer" >&2
        exit 1
    }
}

post buckets "{\"orgID\":\"$DOCKER_INFLUXDB_INIT_ORG_ID\",\"name\":\"ticks_1m\",\"retentionRules\":[]}"
post tasks "{\"orgID\":\"$DOCKER_INFLUXDB_INIT_ORG_ID\",\"flux\":\"$(json <"$task")\"}"
echo "ticks_1m: the bucket and its task are made"
