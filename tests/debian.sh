#!/bin/sh
# The Debian packages are made, installed in a clean root, used there, and removed without a trace. As root; takes minutes.
# usage: debian.sh [ROOT]      ROOT: a clean root to copy, as debootstrap --variant=minbase makes it (default: made anew)
set -eu
cd "$(dirname "$0")/.."
command -v debootstrap >/dev/null || apt-get -qq install -y debootstrap >/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/itg-debian-XXXXXX")
server=
finish()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	umount "$work/root/proc" 2>/dev/null || true
	rm -rf --one-file-system "$work"
}
trap finish EXIT
. /etc/os-release
if [ $# -gt 0 ]; then
	cp -a "$1" "$work/root"
else
	debootstrap --variant=minbase "$VERSION_CODENAME" "$work/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} \
		>"$work/log" || { cat "$work/log" >&2; exit 1; }
fi

sh examples/debian/build.sh "$work/root/debs"
cp /etc/resolv.conf "$work/root/etc"
cp examples/c/minimal.c "$work/root/debs"
mount -t proc proc "$work/root/proc"

# inside COMMAND...: in the clean root; quiet unless it fails
inside()
{
	chroot "$work/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		echo "failed: $*" >&2
		exit 1
	}
}

inside apt-get -qq update
inside sh -c 'apt-get -qq install -y --no-install-recommends /debs/itg_*.deb'
inside itg --version
cat "$work/log"
inside sh -c 'itg demo --thinclients 50 | itg import --db /tmp/fleet.db - && itg check --db /tmp/fleet.db'

chroot "$work/root" itg serve --db /tmp/fleet.db --listen 127.0.0.1:0 --wake-broadcast none --no-wake-unicast \
	>"$work/serve" &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q '^Serving' "$work/serve" && break
	sleep 1
done
url=$(sed -n 's|^Serving IMI v3 on \(https://[^ ]*\) .*|\1|p' "$work/serve")
password=$(sed -n 's/^Created user admin with password \([^ ]*\) .*/\1/p' "$work/serve")
# The certificate is for the names that the server has.
listed=$(curl -sS --cacert "$work/root/tmp/fleet.db.crt" -u "admin:$password" "$url/thinclients" | grep -o '"mac"' | wc -l)
[ "$listed" -eq 50 ]
kill "$server"
wait "$server"
server=
echo "served $listed thin clients"

inside sh -c 'apt-get -qq install -y --no-install-recommends gcc libc6-dev pkg-config /debs/libitg0_*.deb /debs/libitg-http0_*.deb /debs/libitg-dev_*.deb'
inside sh -c 'cd /tmp && cc -Wall -Werror -o minimal /debs/minimal.c $(pkg-config --cflags --libs itg) && ./minimal'
cat "$work/log"
inside sh -c 'cd /tmp && echo "#include <itg/http.h>
int main(void) { itg_http_free(0); return 0; }" >http.c && cc -o http http.c $(pkg-config --cflags --libs itg-http) && ./http'

inside sh -c 'apt-get -qq purge -y itg libitg-dev libitg-http0 libitg0 && rm -rf /debs /tmp/*'
if find "$work/root" -xdev -name '*itg*' ! -path '*/proc/*' | grep .; then
	echo 'removing has left these' >&2
	exit 1
fi
echo 'installed, used and removed'
