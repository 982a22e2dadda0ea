#!/bin/sh
# Installs the Debian or Ubuntu packages that the editor and its tests need and that are missing:
# Qt's xcb libraries, a display without a screen, keyboard and mouse by program, fonts.
# Where it may not install, it prints the one command to run. `make demo` and `scumble` need none.
set -eu

packages="
fontconfig fonts-dejavu-core fonts-noto-color-emoji
libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
libxcb-shape0 libxcb-xinerama0 libxcb-xkb1
xdotool xvfb
"

if [ "$(uname -s)" != Linux ]; then
    exit 0
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is neither Debian nor Ubuntu. The editor and its tests need what these Debian"
    echo "packages hold; install their like with your system's own tool:" $packages
    exit 0
fi

missing=""
for package in $packages; do
    # Ubuntu 24.04 and Debian 13 call some libraries …t64; the old name is then a provided one.
    for name in "$package" "${package}t64"; do
        state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null || true)
        case "$state" in ii*) continue 2 ;; esac
    done
    missing="$missing $package"
done
if [ -z "$missing" ]; then
    exit 0
fi

install="apt-get install --yes --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n env DEBIAN_FRONTEND=noninteractive"
else
    echo "These system packages are missing:$missing"
    echo "Nothing was installed. Run this once, then start again:"
    echo "    sudo $install"
    exit 1
fi

echo "Installing the system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update -q && $as_root $install; } >"$log" 2>&1; then
    tail -n 20 "$log"
    echo "The packages could not be installed. Run this once, then start again:"
    echo "    sudo $install"
    exit 1
fi
