#!/usr/bin/env bash
# Builds mtfetch, starts a Telegram data centre of its own on this machine, signs in, downloads a
# video and a large file from it over real MTProto, and shows that source and copy are the same.
# Environment: BUILD (build folder, default build), KEEP=1 (leave the folder with the files).
set -euo pipefail
cd "$(dirname "$0")/.."

build=${BUILD:-build}
. examples/packages.sh
need_packages "${build_packages[@]}"

echo "== Building (folder: $build)"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMTFETCH_BUILD_TESTS=OFF >/dev/null
cmake --build "$build" --target mtfetch_cli mtfetch-dc
mtfetch=$build/examples/cli/mtfetch
dc=$build/examples/local-dc/mtfetch-dc

place=$(mktemp -d "${TMPDIR:-/tmp}/mtfetch-quickstart.XXXXXX")
dc_pid=
stop() {
  if [ -n "$dc_pid" ]; then
    kill "$dc_pid" 2>/dev/null || true
    wait "$dc_pid" 2>/dev/null || true
  fi
  if [ "${KEEP:-}" = 1 ]; then echo "Kept: $place"; else rm -rf "$place"; fi
}
trap stop EXIT

echo "== Making the files to serve"
mkdir "$place/source" "$place/copy"
cp examples/media/clip.mp4 "$place/source/clip.mp4"
head -c 268435456 /dev/urandom >"$place/source/large.bin"

echo "== Starting mtfetch-dc"
token=100001:quickstart-$RANDOM$RANDOM
printf 'bot %s\n' "$token" >"$place/accounts"
mkfifo "$place/ready"
"$dc" --serve "$place/source" --state "$place/state" --network-file "$place/network.json" \
  --accounts-file "$place/accounts" >"$place/ready" 2>"$place/dc.log" &
dc_pid=$!
if ! IFS= read -r line <"$place/ready"; then
  echo "mtfetch-dc did not start:" >&2
  cat "$place/dc.log" >&2
  exit 1
fi
echo "$line"

# Any numbers do for the local data centre; Telegram's own wants yours (see README.md).
export MTFETCH_API_ID=1 MTFETCH_API_HASH=0123456789abcdef0123456789abcdef MTFETCH_NETWORK=$place/network.json
export MTFETCH_SESSION=$place/session

echo "== Signing in as a bot"
MTFETCH_BOT_TOKEN=$token "$mtfetch" login

echo "== What is behind the links"
"$mtfetch" info t.me/files/1
"$mtfetch" info t.me/files/2

echo "== Downloading"
"$mtfetch" get t.me/files/1 t.me/files/2 -o "$place/copy"

echo "== SHA-256, source and copy"
for name in clip.mp4 large.bin; do
  source_sum=$(sha256sum <"$place/source/$name" | cut -d' ' -f1)
  copy_sum=$(sha256sum <"$place/copy/$name" | cut -d' ' -f1)
  printf '%-10s source %s\n%-10s copy   %s\n' "$name" "$source_sum" '' "$copy_sum"
  [ "$source_sum" = "$copy_sum" ] || { echo "They differ." >&2; exit 1; }
done
echo "The same, byte for byte."
