#!/bin/sh
# Runs a process with the nodes of Polygon that are set, or with its own when none are. An address
# may hold a key: it comes as a file, so that `docker inspect` does not show it.
set -eu
urls="$(cat "${NODES_FILE:-/secrets/chain/rpc_urls}")"
if [ -n "$urls" ]; then
    export PMM_RPC_URLS="$urls"
fi
exec python -m "$@"
