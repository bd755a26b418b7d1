#!/bin/sh
# Every public header compiles alone, twice in a row, as C11 and as C++, without a warning.
# usage: headers.sh INCLUDEDIR CC CXX
set -eu
include=$1
cc=$2
cxx=$3
status=0

# compile LANGUAGE COMPILER STANDARD HEADER
compile()
{
	# A compiler may come with words of its own, such as "ccache cc".
	# shellcheck disable=SC2086
	printf '#include <itg/%s>\n#include <itg/%s>\n' "$4" "$4" |
		$2 -x "$1" "-std=$3" -I"$include" -Wall -Wextra -Wpedantic -Werror -fsyntax-only - || {
		echo "itg/$4 does not stand alone as $3" >&2
		status=1
	}
}

for path in "$include"/itg/*.h; do
	header=${path##*/}
	compile c "$cc" c11 "$header"
	compile c++ "$cxx" c++11 "$header"
done
exit $status
