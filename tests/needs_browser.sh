#!/bin/sh
# Chromium and fonts for every script: installed where we may (root on Debian), else the line that does it.
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then
    exit 0
fi
line="apt-get update && apt-get install -y --no-install-recommends chromium fonts-noto-core"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium and fonts: $line"
    sh -c "$line" >/dev/null || { echo "That failed; the journeys need a Chromium."; exit 1; }
else
    echo "The journeys need a Chromium and fonts. On Debian or Ubuntu this line installs both:"
    echo "    sudo sh -c '$line'"
    exit 1
fi
