#!/bin/sh
# Put the course into a person's folder where it is missing, then start the person's server.
set -eu

role="${CXKIT_ROLE:-learner}"
desk="${CXKIT_DESK:-/opt/cxkit/desk}"
environment="${CXKIT_ENVIRONMENT:-/opt/cxkit/environment}"

folder="$HOME"
if [ "$role" = instructor ]; then
    folder="$HOME/cxkit"
fi
mkdir -p "$folder/exercises"
for part in "$desk"/*; do
    name="$(basename "$part")"
    # what is there stays: people's work lies in it. Moved into place, so that it is there whole or not at all.
    if [ ! -e "$folder/$name" ]; then
        rm -rf "$folder/.new-$name"
        cp -R "$part" "$folder/.new-$name"
        mv "$folder/.new-$name" "$folder/$name"
    fi
done

for profiles in "$environment"/lib/python3*/site-packages/cxkit/frontend/profiles; do
    export JUPYTER_CONFIG_PATH="$profiles/$role"
done
if [ "$role" = instructor ]; then
    # Formgrader shows itself in a frame of JupyterLab's page, which the hub forbids if nothing is said
    set -- "--ServerApp.tornado_settings={'headers': {'Content-Security-Policy': \"frame-ancestors 'self'\"}}" "$@"
fi
exec jupyterhub-singleuser "$@"
