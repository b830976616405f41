#!/usr/bin/env bash
# Makes the Debian package, unpacks it to a folder as dpkg does, and runs what is installed there:
# package_test.sh BUILD_DIR SOURCE_DIR. Exit status 77: skipped, with the reason.
set -euo pipefail
build=$(realpath "$1")
source=$(realpath "$2")
skip() { echo "skipped: $1"; exit 77; }
fail() { echo "package_test: $1" >&2; exit 1; }
for tool in cpack dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || skip "there is no $tool here"
done
[ "$(id -u)" = 0 ] || skip "only root can unpack a package as it will be"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

cpack --config "$build/CPackConfig.cmake" -G DEB -B "$work/made" >"$work/cpack.log" 2>&1 ||
  { cat "$work/cpack.log"; exit 1; }
deb=$(ls "$work"/made/pythia_*.deb)

# What apt has to bring along: every library that is linked and not in the package.
depends=$(dpkg-deb -f "$deb" Depends)
echo "depends: $depends"
for library in libc6 libstdc++6 libfmt9 libssl3 librsvg2-2 zlib1g libtomlplusplus3; do
  grep -qF "$library" <<<"$depends" || fail "$library is no dependency"
done

root=$work/root
dpkg-deb -x "$deb" "$root"
dpkg-deb -e "$deb" "$work/control"
for file in bin/pythia lib/libduckdb.so share/pythia/pythia.service; do
  [ -e "$root/opt/pythia/$file" ] || fail "$file is not in the package"
done
[ -z "$(find "$root" -path "$root/opt/pythia" -prune -o -type f -print)" ] ||
  fail "there are files outside /opt/pythia"
[ -z "$(find "$root" -perm /022 ! -type l -print)" ] || fail "others may write into the package"
# The links that its scripts make lead to files of the package.
for target in $(grep -oh '/opt/pythia/[^ ]*' "$work/control/postinst"); do
  [ -e "$root$target" ] || fail "postinst links to $target, which is not there"
done
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$root/opt/pythia/share/pythia/pythia.service")
[ -x "$root$program" ] || fail "the unit starts $program, which is not there"
for script in postinst prerm; do
  [ -x "$work/control/$script" ] && sh -n "$work/control/$script" || fail "$script is no script"
done

# Nothing is found outside the package but what apt brings.
ldd "$root$program" >"$work/libraries"
! grep -F -e "not found" -e "$build" -e "$source" "$work/libraries" || fail "a library comes from elsewhere"

cd "$work"
"$root$program" --version
"$root$program" simulate --rows 500 --seed 1 -o history.csv >/dev/null
"$root$program" clean history.csv >/dev/null
"$root$program" train --alpha 1 >/dev/null
"$root$program" serve --port 0 --quiet >serve.txt &
server=$!
for _ in $(seq 100); do grep -q serving serve.txt && break; sleep 0.1; done
port=$(sed -n 's|.*://[^:]*:\([0-9]*\)/.*|\1|p' serve.txt)
exec 3<>"/dev/tcp/127.0.0.1/$port"
plan='{"Channel_Used":"Email","Impressions":50000}'
printf 'POST /predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' >&3
printf 'Content-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "${#plan}" "$plan" >&3
grep -q Estimated_Clicks <&3 || fail "the installed service does not predict"
exec 3>&-
kill "$server"
wait "$server" || fail "the installed service does not end well"
server=
echo "package_test: $(basename "$deb") is complete"
