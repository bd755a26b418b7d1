#!/bin/sh
# Installs the Debian packages that building libitg needs and that are missing.
# usage: packages.sh            what the library, its HTTPS host and the command need, and curl
#        packages.sh tests      what the tests need as well
#        packages.sh debian     what making Debian packages needs as well
set -eu
missing=

# need_command COMMAND PACKAGE
need_command()
{
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

# need_module PKG-CONFIG-MODULE PACKAGE
need_module()
{
	pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}

need_command cc 'gcc libc6-dev'
need_command pkg-config pkg-config
need_command meson meson
need_command ninja ninja-build
need_command curl curl
need_module sqlite3 libsqlite3-dev
need_module jansson libjansson-dev
need_module libsodium libsodium-dev
need_module libmicrohttpd libmicrohttpd-dev
need_module gnutls libgnutls28-dev
need_module libcurl libcurl4-openssl-dev # libcurl4-gnutls-dev will do as well, but does not resume TLS sessions
if [ "${1:-}" = tests ]; then
	need_command c++ g++
	need_command valgrind valgrind
	need_command nm binutils
	[ -x /usr/bin/python3 ] || missing="$missing python3"
	need_module check check
	need_module zlib zlib1g-dev # sqlite3 names it for static linking
fi
if [ "${1:-}" = debian ]; then
	need_command dh debhelper
	need_command dpkg-buildpackage dpkg-dev
	need_module check check
fi
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=sudo
fi
if ! command -v apt-get >/dev/null 2>&1 || { [ -n "$sudo" ] && ! command -v sudo >/dev/null 2>&1; }; then
	echo "Missing, and not installable from here:$missing" >&2
	exit 1
fi
echo "Installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# $missing is a list of words.
# shellcheck disable=SC2086
if ! $sudo apt-get -qq install -y --no-install-recommends $missing >/dev/null 2>&1; then
	$sudo apt-get -qq update
	$sudo apt-get -qq install -y --no-install-recommends $missing >/dev/null
fi
