#!/bin/sh
# Chromium and fonts for every script: installed where we may (root on Debian), else the line that does it.
has() { command -v "$1" >/dev/null 2>&1; }
missing=""
has chromium || has chromium-browser || has google-chrome || missing="chromium"
# Tigrinya stands for all: a system that can show it has fonts for the other scripts too.
has fc-list && [ -n "$(fc-list :lang=ti family)" ] || missing="$missing fonts-noto-core fontconfig"
[ -n "$missing" ] || exit 0

line="apt-get update && apt-get install -y --no-install-recommends $missing"
if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing what the journeys need: $line"
    sh -c "$line" >/dev/null || { echo "That failed; the journeys need a Chromium and fonts."; exit 1; }
else
    echo "The journeys need a Chromium and fonts. On Debian or Ubuntu this line installs them:"
    echo "    sudo sh -c '$line'"
    exit 1
fi
