#!/bin/sh
# What is installed is enough to build against: the examples compile with pkg-config alone, shared and static, and run.
# usage: install.sh BUILDDIR SOURCEDIR PYTHON
set -eu
build=$1
source=$2
python=$3
work=$(mktemp -d "${TMPDIR:-/tmp}/itg-install-XXXXXX")
trap 'rm -rf "$work"' EXIT

meson install -C "$build" --destdir "$work/root" --no-rebuild --quiet >/dev/null
pc=$(find "$work/root" -name itg.pc)
libdir=${pc%/pkgconfig/itg.pc}
prefix=$work/root$(sed -n 's/^prefix=//p' "$pc")
export PKG_CONFIG_PATH="$libdir/pkgconfig" LD_LIBRARY_PATH="$libdir"

# flags OPTION... MODULE
flags()
{
	pkg-config --define-variable="prefix=$prefix" --cflags --libs "$@"
}

# expect FILE LINE
expect()
{
	printf '%s\n' "$2" | diff -u - "$1" >&2
}
tab=$(printf '\t')

# The flags are lists of words.
# shellcheck disable=SC2046
cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/shared" "$source/examples/c/minimal.c" $(flags itg)
# shellcheck disable=SC2046
cc -std=c11 -o "$work/static" "$source/examples/c/minimal.c" \
	$(flags --static itg | sed 's/-litg /-l:libitg.a /; s/-litg$/-l:libitg.a/')
if [ -f "$libdir/pkgconfig/itg-http.pc" ]; then
	printf '#include <itg/http.h>\n#include <itg/itg.h>\nint main(void)\n{ itg_http_free(0); return itg_version()[0] == 0; }\n' \
		>"$work/http.c"
	# shellcheck disable=SC2046
	cc -std=c11 -Wall -Wextra -Wpedantic -Werror -o "$work/http" "$work/http.c" $(flags itg-http)
	"$work/http"
fi

# block LANGUAGE: the code block of README.md in this language.
block()
{
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$source/README.md" | sed '1d;$d'
}

cd "$work"
./shared fleet.db >out
expect out '2  00E0C5080F17  ITC00E0C5080F17'
if ./static fleet.db >out 2>error; then
	echo 'a firmware was made twice' >&2
	exit 1
fi
grep -q '^ITG-0A008: ' error
LIBITG=$libdir/libitg.so.0 "$python" "$source/examples/python/inventory.py" fleet.db >out
expect out "2${tab}00E0C5080F17${tab}ITC00E0C5080F17${tab}Bremen"
block c | diff -u "$source/examples/c/minimal.c" - >&2
block python >readme.py
"$python" readme.py >out
expect out "('2', 'ITC00E0C5080F17', 'Bremen')"
if [ -x "$prefix/bin/itg" ]; then
	"$prefix/bin/itg" --version | grep -q "$(pkg-config --modversion itg)"
fi
