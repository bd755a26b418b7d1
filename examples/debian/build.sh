#!/bin/sh
# Makes Debian packages of this tree: libitg0, libitg-http0, libitg-dev, itg, and the source package.
# usage: build.sh [OUTPUT]        default: build-deb
# Installs what is missing for it. DEB_BUILD_OPTIONS=nocheck leaves out the unit tests.
set -eu
cd "$(dirname "$0")/../.."
output=${1:-build-deb}
sh examples/packages.sh debian
version=$(dpkg-parsechangelog -l examples/debian/changelog -S Version)
work=$(mktemp -d "${TMPDIR:-/tmp}/itg-deb-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/libitg-$version"
tar -c --exclude='./build*' --exclude=./.git --exclude=./examples/debian --exclude='__pycache__' . |
	tar -x -C "$work/libitg-$version"
cp -R examples/debian "$work/libitg-$version/debian"
(cd "$work/libitg-$version" && dpkg-buildpackage --unsigned-source --unsigned-changes >"$work/log" 2>&1) || {
	tail -60 "$work/log" >&2
	exit 1
}
mkdir -p "$output"
mv "$work"/*.deb "$work"/*.dsc "$work"/*.tar.* "$work"/*.changes "$work"/*.buildinfo "$output"
ls "$output"/*.deb
