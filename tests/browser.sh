#!/bin/sh
# Find Chromium for the tests of the console, or install it where that is safe to do: as root on Debian.
set -eu

for candidate in "${TIDEWATCH_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
    echo "==> Installing Debian's chromium for the tests of the console (once)"
    if apt-get update -qq >/dev/null 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then
        exit 0
    fi
    echo "    that did not work"
fi

echo "==> No Chromium: install the package 'chromium', or name a Chrome in TIDEWATCH_CHROMIUM; its tests are skipped"
if [ -n "${CI:-}" ]; then
    echo "    under CI that is a failure" >&2
    exit 1
fi
