#!/bin/sh
# docker-compose accepts docker-compose.yml. The check needs an installed docker-compose.
set -eu
cd "$(dirname "$0")/../.."
command -v docker-compose >/dev/null || {
    echo "no docker-compose here: not checked"
    exit 0
}
docker-compose -f docker-compose.yml config --quiet
