#!/bin/sh
# The exported surface of a library is the committed list: a change of it is a change of the list.
# usage: symbols.sh LIST LIBRARY
set -eu
found=$(nm -D --defined-only "$2" | awk '$2 != "A" { print $3 }' | LC_ALL=C sort)
if ! printf '%s\n' "$found" | diff -u "$1" -; then
	echo "$2 exports other symbols than ${1##*/} says" >&2
	exit 1
fi
