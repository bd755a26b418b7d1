#!/bin/sh
# From nothing to a served fleet: installs what is missing (Debian), builds libitg, loads a demo fleet of 500 thin
# clients, serves it over HTTPS on this machine, logs in and asks twice. The server then runs until Ctrl-C.
# usage: sh examples/quickstart.sh          serve until Ctrl-C
#        sh examples/quickstart.sh --once   stop after the two requests
set -eu
cd "$(dirname "$0")/.."

once=
case ${1:-} in
'') ;;
--once) once=yes ;;
*)
	echo "usage: sh examples/quickstart.sh [--once]" >&2
	exit 2
	;;
esac

server=
work=
clean_up()
{
	status=$?
	trap - EXIT HUP INT TERM
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	if [ -n "$work" ]; then
		rm -rf "$work"
	fi
	exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say()
{
	printf '\n== %s\n' "$*"
}

die()
{
	echo "quickstart: $*" >&2
	exit 1
}

# show: one long line of JSON as a few readable ones, cut to a sane length.
show()
{
	sed 's/\([[{,]\)"/\1\n  "/g; s/},{/},\n{/g' | awk 'NR <= 24 { print "  " $0 } END { if (NR > 24) print "  ... " NR - 24 " lines more" }'
}

# start ADDRESS: starts the server and waits until it says where it listens; fails if it ends instead.
start()
{
	# Appended, because the password is told by the first start alone, even if it finds its port taken.
	"$itg" serve --db "$db" --listen "$1" >>"$work/serve.out" 2>"$work/serve.err" &
	server=$!
	tries=0
	until grep -qs 'https://' "$work/serve.out"; do
		tries=$((tries + 1))
		if ! kill -0 "$server" 2>/dev/null || [ "$tries" -gt 200 ]; then
			kill "$server" 2>/dev/null || true
			wait "$server" 2>/dev/null || true
			server=
			return 1
		fi
		sleep 0.05
	done
}

say "Installing what is missing and building into build/"
sh examples/packages.sh
if [ ! -f build/build.ninja ]; then
	meson setup build -Dhttp=enabled -Dcli=enabled >/dev/null
fi
ninja -C build --quiet lib/cli/itg
itg=$PWD/build/lib/cli/itg

work=$(mktemp -d "${TMPDIR:-/tmp}/itg-quickstart-XXXXXX")
db=$work/quickstart.db
say "Loading a demo fleet of 500 thin clients into $db (gone when this script ends)"
"$itg" demo --thinclients 500 >"$work/fleet.json"
"$itg" import --db "$db" "$work/fleet.json"

say "Starting the server: itg serve --db $db --listen 127.0.0.1:8443"
if ! start 127.0.0.1:8443; then
	cat "$work/serve.err" >&2
	echo "Trying a free port instead."
	start 127.0.0.1:0 || die "the server does not start: $(cat "$work/serve.err")"
fi
cat "$work/serve.out"
url=$(sed -n 's|.*\(https://[^ ]*\).*|\1|p' "$work/serve.out" | head -n 1)
password=$(sed -n 's|^Created user admin with password \([^ ]*\).*|\1|p' "$work/serve.out")
if [ -z "$url" ] || [ -z "$password" ]; then
	die "the server said neither where it is nor the password"
fi

# The password goes to curl through a file, not through its command line, which others may read.
(umask 077 && printf 'user = "admin:%s"\n' "$password" >"$work/login")

# ask CURL-OPTION... PATH: the certificate is checked against the one that the server made.
ask()
{
	curl --silent --show-error --fail --max-time 20 --cacert "$db.crt" "$@"
}

say "GET /serverstatus (needs no login)"
ask "$url/serverstatus" | show

say "POST /login"
ask --config "$work/login" --cookie-jar "$work/cookies" --request POST "$url/login" | show

say "GET /thinclients"
ask --cookie "$work/cookies" "$url/thinclients" >"$work/list"
show <"$work/list"

id=$(grep -o '"id":"[0-9]*"' "$work/list" | sed -n '250s/[^0-9]//gp')
say "GET /thinclients/$id?facets=details"
ask --cookie "$work/cookies" "$url/thinclients/$id?facets=details" | show

if [ -n "$once" ]; then
	say "Stopping the server"
	kill "$server"
	wait "$server" || die "the server ended with status $?"
	server=
	exit 0
fi

cat <<END

== The server runs until Ctrl-C. From another terminal:
  curl --cacert $db.crt --user 'admin:$password' '$url/thinclients'
  $itg tc list --db $db
END
wait "$server"
