#!/bin/sh
# Builds a folder that holds a whole small Debian 13 with GIMP 3.0, Krita 5.2 and a display without a
# screen, to test the plug-ins in, and prints its path. A packed copy is kept beside it, so that only
# the first build downloads (about 400 MB; 1.4 GB unpacked). Nothing outside the folder is changed.
#
# usage: build.sh [FOLDER]        default: ~/.cache/scumble-hosts
# Exit codes: 0 done, 1 failed, 3 cannot be built on this machine (said in one line).
set -eu

cache=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/scumble-hosts}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

cannot() {
    echo "The programs to test the plug-ins in cannot be built here: $1." >&2
    exit 3
}

hand_over_if_complete() {
    if [ -e "$root/.complete" ]; then
        echo "$root"
        exit 0
    fi
}

# Krita only recommends PyQt, without which it has no Python; numpy and zmq are left out on purpose:
# the plug-ins must not need them.
packages="gimp gir1.2-gimp-3.0 python3 python3-gi python3-gi-cairo
krita python3-pyqt5 python3-pyqt5.sip
xvfb xauth dbus dbus-x11 openbox xdotool imagemagick fonts-dejavu-core"
suite=trixie

key=$(echo "$suite" $packages | sha256sum | cut -c1-12)
root=$cache/root-$key
packed=$cache/root-$key.tar.zst
log=$cache/build.log

[ "$(uname -s)" = Linux ] || cannot "this is not Linux"
[ "$(id -u)" = 0 ] || cannot "that needs root"
command -v chroot >/dev/null || cannot "there is no chroot command"
unshare -m true 2>/dev/null || cannot "this root may not mount"
hand_over_if_complete
mkdir -p "$cache"
exec 9>"$cache/lock" # one builds, others wait for it
flock 9
hand_over_if_complete
free_kb=$(df -Pk "$cache" | awk 'NR == 2 { print $4 }')
[ "$free_kb" -ge 3000000 ] || cannot "$cache has less than 3 GB of free space"

# What a build that was ended half-way has left; debootstrap mounts /proc in it.
clear_away() {
    awk -v part="$root.part/" 'index($2, part) == 1 { print $2 }' /proc/mounts |
        while read -r mounted; do umount -l "$mounted"; done
    rm -rf --one-file-system "$root.part" "$root" "$packed.part"
    ! [ -e "$root.part" ] && ! [ -e "$root" ]
}

finish() {
    touch "$root.part/.complete" && mv "$root.part" "$root"
}

unpack() {
    mkdir "$root.part" && tar -C "$root.part" -I zstd -xf "$packed" && finish
}

inside() {
    chroot "$root.part" "$@"
}

download() {
    if ! command -v debootstrap >/dev/null || ! command -v zstd >/dev/null; then
        apt-get update -q || true # what it knew already may do
        apt-get install -y --no-install-recommends debootstrap zstd || return 1
    fi
    # this machine's own mirror, unless another is named
    mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | head -n 1)}
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$root.part" "$mirror" || return 1
    cp -L /etc/resolv.conf "$root.part/etc/resolv.conf"
    printf '#!/bin/sh\nexit 101\n' >"$root.part/usr/sbin/policy-rc.d" # starts no service
    chmod +x "$root.part/usr/sbin/policy-rc.d"
    printf 'APT::Install-Recommends "false";\nAcquire::Retries "3";\n' \
        >"$root.part/etc/apt/apt.conf.d/99scumble"
    printf 'path-exclude /usr/share/%s/*\n' doc locale man >"$root.part/etc/dpkg/dpkg.cfg.d/99scumble"
    # shellcheck disable=SC2086 # words, each a package
    inside apt-get update -q && inside apt-get install -y $packages || return 1
    inside apt-get clean
    rm -rf "$root.part"/var/lib/apt/lists/*
    tar -C "$root.part" --one-file-system -I 'zstd -q -T2 -3' -cf "$packed.part" . || return 1
    mv "$packed.part" "$packed" && finish
}

clear_away || cannot "$root is half built and cannot be removed"
if [ -e "$packed" ]; then
    echo "Unpacking GIMP and Krita." >&2
    unpack >"$log" 2>&1 && hand_over_if_complete
    echo "$packed could not be unpacked, so it is made again; see $log." >&2
    rm -f "$packed"
    clear_away || cannot "$root is half built and cannot be removed"
fi
echo "Downloading GIMP and Krita once, about 400 MB; some minutes. What is done: $log" >&2
if ! download >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "It failed; see $log." >&2
    exit 1
fi
echo "$root"
