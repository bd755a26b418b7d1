#!/bin/sh
# libitg with each feature switched off, as a release, and with another compiler: warnings are errors, the quick tests pass.
# usage: switches.sh [CONFIGURATION]...        default: all of http cli agent core release clang
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- http cli agent core release clang
for name; do
	CC=cc
	case $name in
	http | cli | agent) options=-D$name=disabled ;;
	core) options='-Dhttp=disabled -Dcli=disabled -Dagent=disabled' ;;
	release) options=--buildtype=release ;;
	clang) CC=clang options= ;;
	*) echo "what is $name?" >&2 && exit 2 ;;
	esac
	export CC
	dir=build-$name
	[ ! -f "$dir/build.ninja" ] || options="--reconfigure $options"
	# shellcheck disable=SC2086
	meson setup "$dir" -Dwerror=true -Dtests=enabled $options >/dev/null
	ninja -C "$dir" --quiet
	meson test -C "$dir" --no-rebuild --quiet --print-errorlogs --suite unit
	echo "$name: built and tested"
done
