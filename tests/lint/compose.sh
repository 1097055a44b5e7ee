#!/bin/sh
# docker-compose.yml is one that docker-compose reads, where it is installed.
set -eu
cd "$(dirname "$0")/../.."
command -v docker-compose >/dev/null || {
    echo "no docker-compose here: not checked"
    exit 0
}
docker-compose -f docker-compose.yml config --quiet
