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
	static_libraries=$(flags --static itg-http | sed 's/-litg-http /-l:libitg-http.a /; s/-litg /-l:libitg.a /')
	# shellcheck disable=SC2086
	if cc -std=c11 -o "$work/http-static" "$work/http.c" $static_libraries 2>"$work/error"; then
		"$work/http-static"
	elif ! grep -q 'cannot find -l' "$work/error"; then # some of what GnuTLS names is not there as a static library
		cat "$work/error" >&2
		exit 1
	fi
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
ITG_LIBRARY=$libdir/libitg.so.0 "$python" -B "$source/examples/python/inventory.py" fleet.db >out
expect out "2${tab}00E0C5080F17${tab}ITC00E0C5080F17${tab}Bremen"
block c | diff -u "$source/examples/c/minimal.c" - >&2
block python >readme.py
PYTHONPATH=$source/examples/python ITG_LIBRARY=$libdir/libitg.so.0 "$python" -B readme.py >out
expect out '2 ITC00E0C5080F17 Bremen'

# The name that programs are linked to, and the version that symbols carry.
readelf -d "$libdir/libitg.so" | grep -q 'SONAME.*\[libitg\.so\.0\]'
readelf -d shared | grep -q 'NEEDED.*\[libitg\.so\.0\]'
readelf -V shared | grep -q 'Name: ITG_0\.1 '
if readelf -d shared | grep -E 'NEEDED.*(sqlite|jansson|sodium)'; then
	echo 'a program is linked to what only libitg needs' >&2
	exit 1
fi

# installed PATH...: these are there and not empty, below the prefix
installed()
{
	for path; do
		[ -s "$prefix/$path" ] || {
			echo "$path is not installed" >&2
			exit 1
		}
	done
}

installed share/man/man3/libitg.3
for function in $(sed 's/@@.*//' "$source/tests/symbols.txt"); do
	grep -q "$function()" "$prefix/share/man/man3/libitg.3" || {
		echo "libitg(3) does not name $function" >&2
		exit 1
	}
done
if [ -x "$prefix/bin/itg" ]; then
	"$prefix/bin/itg" --version | grep -q "$(pkg-config --modversion itg)"
	# The tour, but for what listens on a port that may be in use.
	block sh | sed '/^itg serve/,/^kill/d' >tour.sh
	mkdir tour
	(cd tour && PATH=$prefix/bin:$PATH sh -eu ../tour.sh >../out)
	grep -q "^network.ntp$tab\"ntp.bremen.example\".*in force\$" out
	grep -q "^write${tab}false${tab}denied" out
	tail -n 5 out | grep -q 'job_create'
	installed share/man/man1/itg.1 share/bash-completion/completions/itg.bash share/zsh/site-functions/_itg \
		share/fish/vendor_completions.d/itg.fish
	for unit in "$prefix"/lib/systemd/system/*.service; do
		if [ -f "$unit" ] && ! grep -q "^ExecStart=${prefix#"$work/root"}/bin/itg " "$unit"; then
			echo "$unit starts something else" >&2
			exit 1
		fi
	done
fi

ninja -C "$build" uninstall >/dev/null
if find "$work/root" ! -type d | grep .; then
	echo 'uninstall has left these' >&2
	exit 1
fi
