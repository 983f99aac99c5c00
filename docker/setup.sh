#!/bin/sh
# Makes the secrets that are missing and says what is not set. Runs first at every start; secrets
# that exist are never changed, so the stack survives `down` and `up`.
#
# Each directory is a volume of its own, mounted only where it is needed. The files can be read by
# everyone there, because the programs that read them run under different users.
set -eu
umask 022

root="${1:-/secrets}"
given="${2:-/run/secrets}"
grafana="${PMM_GRAFANA_URL:-http://127.0.0.1:3000}"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

make() {
    if [ -s "$1" ]; then
        return
    fi
    random >"$1.new"
    mv "$1.new" "$1" # whole or not at all
    echo "setup: made $1"
}

make "$root/influx/admin_password"
make "$root/influx/token"
make "$root/grafana/admin_password"
make "$root/exchange/private_key" # an account of the local exchange: no money

# What is given in .env, or nothing.
read_given() {
    cat "$given/$1" 2>/dev/null || true
}

# There in any case: empty says that nothing was set.
hand_on() {
    printf '%s' "$1" >"$2.new"
    mv "$2.new" "$2"
}

hand_on "$(read_given rpc_urls)" "$root/chain/rpc_urls"

webhook="$(read_given discord_webhook_url)"
target="$root/alertmanager/discord_webhook_url"
case "$webhook" in
"")
    hand_on "" "$target"
    echo "setup: NO DISCORD WEBHOOK: alerts reach nobody, see them at http://127.0.0.1:9093" \
        "(put PMM_DISCORD_WEBHOOK_URL into .env, then docker compose up -d --force-recreate setup)"
    ;;
https://*)
    hand_on "$webhook" "$target"
    echo "setup: alerts go to Discord"
    ;;
*)
    echo "setup: PMM_DISCORD_WEBHOOK_URL does not begin with https://" >&2
    exit 1
    ;;
esac

if [ -n "${PMM_MARKET:-}" ]; then
    echo "setup: market $PMM_MARKET"
else
    echo "setup: PMM_MARKET is not set: each bot chooses a market by itself, and the two may differ"
fi
case "$grafana" in
*/)
    echo "setup: PMM_GRAFANA_URL ends with a slash: leave it out" >&2
    exit 1
    ;;
http://* | https://*) ;;
*)
    echo "setup: PMM_GRAFANA_URL does not begin with http:// or https://" >&2
    exit 1
    ;;
esac
echo "setup: Grafana is at $grafana, open to look at; the password of admin:" \
    "docker compose exec grafana cat /secrets/grafana/admin_password"
