#!/bin/sh
# Installs what is missing, builds libitg with warnings as errors, plain and with sanitizers, and runs all tests.
# The last line says how many passed and failed. usage: sh tests/run.sh
set -eu
cd "$(dirname "$0")/.."
sh examples/packages.sh tests

export ASAN_OPTIONS="detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"
passed=0
failed=0

# configure DIRECTORY OPTION...
configure()
{
	dir=$1
	shift
	if [ -f "$dir/build.ninja" ]; then
		set -- --reconfigure "$@"
	fi
	meson setup "$dir" -Dwerror=true "$@" >"$dir.log" 2>&1 || {
		cat "$dir.log" >&2
		exit 1
	}
	rm -f "$dir.log"
	ninja -C "$dir" --quiet
}

# count LOGFILE: adds the results of a run of meson test.
count()
{
	ok=$(grep -c '"result": "OK"' "$1" || true)
	all=$(grep -c '"result": "' "$1" || true)
	passed=$((passed + ok))
	failed=$((failed + all - ok))
}

# run_tests DIRECTORY LOGNAME OPTION...
run_tests()
{
	dir=$1
	log=$dir/meson-logs/$2.json
	shift 2
	rm -f "$log"
	# One more than there are processors: many tests wait for others' processes.
	meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes $(($(nproc) + 1)) "$@" || true
	if [ ! -s "$log" ]; then
		echo "meson test left no log in $log" >&2
		failed=$((failed + 1))
		return
	fi
	count "$log"
}

# run_script COMMAND...: one more test, quiet unless it fails.
run_script()
{
	if output=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		printf '%s\n' "$output" >&2
		echo "failed: $*" >&2
		failed=$((failed + 1))
	fi
}

configure build -Dhttp=enabled -Dcli=enabled -Dagent=enabled -Dtests=enabled
configure build-san -Dhttp=enabled -Dcli=enabled -Dagent=enabled -Dtests=enabled -Db_sanitize=address,undefined -Db_lundef=false
configure build-min -Dhttp=disabled -Dcli=disabled -Dtests=disabled

run_tests build testlog
run_tests build-san testlog
run_tests build testlog-valgrind --setup valgrind --suite memcheck
run_script sh examples/quickstart.sh --once

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
