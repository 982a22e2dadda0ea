#!/bin/sh
# Runs a command on a screen of its own that nobody sees, with a window manager.
set -eu
folder=$(mktemp -d)
mkdir -p /tmp/.X11-unix
chmod 1777 /tmp/.X11-unix
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$folder/number" >/dev/null 2>&1 &
screen=$!
while [ ! -s "$folder/number" ]; do sleep 0.05; done
DISPLAY=:$(cat "$folder/number")
export DISPLAY
openbox >/dev/null 2>&1 &
windows=$!
code=0
"$@" || code=$?
kill $windows $screen
rm -r "$folder"
exit $code
