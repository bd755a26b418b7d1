#!/bin/sh
# Writes the manual page libitg(3): the headers, what each says it is for, and the functions that it declares.
# usage: libitg.3.sh VERSION EXAMPLE HEADER...
set -eu
version=$1
example=$2
shift 2

# Text as man takes it.
quote()
{
	sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/'/\\\\(aq/g" -e 's/^\./\\\&./'
}

cat <<EOF
.TH LIBITG 3 "" "libitg $version" "Library Functions"
.SH NAME
libitg \\- management of thin client fleets in a library and one file
.SH SYNOPSIS
.nf
.B #include <itg/itg.h>
.P
.B cc \\-o program program.c \$(pkg\\-config \\-\\-cflags \\-\\-libs itg)
.fi
.SH DESCRIPTION
A fleet is a file, or lives in memory, and is opened with
.BR itg_open ().
One call is one transaction, and on disk when it returns. Functions that can fail return an
.B itg_error_t
and say more in the
.B itg_failure_t
that is their last parameter. Any function may be called from any thread, and several programs may have one file open.
.P
The headers are the reference: each declaration says what it does, who owns what, and which errors there are. This page
lists them.
.SH EXAMPLE
.nf
EOF
quote <"$example"
# The headers come in any order; their names are without blanks.
# shellcheck disable=SC2046
set -- $(printf '%s\n' "$@" | LC_ALL=C sort)
printf '.fi\n.SH HEADERS\n.nh\n.ad l\n'
for header; do
	printf '.SS itg/%s\n' "${header##*/}"
	# What stands behind @file, to the end of its first sentence.
	awk '/@file/ { on = 1; next }
		on { sub(/^ \* ?/, ""); end = sub(/\*\/.*/, "")
			if ($0 ~ /^ *$/ || end) { text = text " " $0; exit }
			text = text " " $0; if (text ~ /[.]( |$)/) exit }
		END { sub(/^ +/, "", text); if (match(text, /[.]( |$)/)) text = substr(text, 1, RSTART - 1); print text "." }' \
		"$header" | quote
	printf '.P\n'
	awk '/^ITG_API/ { on = 1 }
		on && match($0, /itg_[a-z0-9_]+\(/) { print substr($0, RSTART, RLENGTH - 1); on = 0 }' "$header" |
		LC_ALL=C sort | awk '{ line = line (NR > 1 ? ", " : "") $0 "()" } END { if (NR) print line "." }' | quote
done
printf '.SH SEE ALSO\n.BR itg (1)\n'
