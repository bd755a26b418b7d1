#!/bin/sh
# libitg builds as a part of another project of Meson's, shared and static.
# usage: subproject.sh SOURCEDIR
set -eu
source=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/itg-subproject-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/subprojects"
ln -s "$source" "$work/subprojects/libitg"
cp "$source/examples/c/minimal.c" "$work"
cat >"$work/meson.build" <<'EOF'
project('parent', 'c', default_options: ['c_std=gnu17', 'warning_level=2'])
itg = dependency('itg', fallback: 'libitg', default_options: ['cli=disabled', 'http=disabled',
  'default_library=' + get_option('default_library')])
executable('minimal', 'minimal.c', dependencies: itg)
EOF
for library in shared static; do
	# --wrap-mode: whether libitg is installed or not
	meson setup "$work/$library" "$work" --wrap-mode=forcefallback --default-library=$library >"$work/log" 2>&1 &&
		ninja -C "$work/$library" minimal >>"$work/log" 2>&1 || {
		cat "$work/log" >&2
		exit 1
	}
	[ "$("$work/$library/minimal")" = '2  00E0C5080F17  ITC00E0C5080F17' ]
done
