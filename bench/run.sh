#!/usr/bin/env bash
# Prints figures as JSON lines: {"figure": NAME, "value": V, "unit": U, "note": TEXT}.
#   bench/run.sh [--json FILE] [NAME ...]    all figures, or those named (crypto.* works too)
# Environment: BUILD (build folder, default build-bench).
# Absolute figures are this machine's at this hour; ratios are measured in one run. Nothing here
# passes or fails.
set -euo pipefail
cd "$(dirname "$0")/.."

json=
names=()
while [ $# -gt 0 ]; do
  case "$1" in
    --json) json=${2:?--json needs a file}; shift 2 ;;
    -h|--help) sed -n '2,6s/^# //p' "$0"; exit 0 ;;
    -*) echo "bench/run.sh: unknown option '$1'" >&2; exit 2 ;;
    *) names+=("$1"); shift ;;
  esac
done

build=${BUILD:-build-bench}
. examples/packages.sh
need_packages "${build_packages[@]}" python3 libbenchmark-dev >&2

# Which program prints which figures.
sources=(
  "crypto.open_1mib_vs_evp crypto.open_1mib_vs_sequential crypto.open_1mib_mb_s crypto.open_batch8_vs_single crypto.seal_1mib_vs_evp crypto.seal_batch8_vs_evp pq.median_ms|crypto_figures"
  "session.messages_per_s session.allocations_per_packet|session_figures"
  "handshake.median_ms|handshake_figures"
  "network.utilisation network.best_peer_ratio network.median_peer_ratio network.single_stream_ratio network.late_refusals|network_figures"
  "network.socket_utilisation network.socket_agreement|socket_rows.py"
  "engine.sim_seeds_per_s|engine_figures"
  "links.parse_per_s|link_figures"
  "loopback.mb_per_s loopback.client_cpu_s_per_gib loopback.client_peak_mb loopback.limit_ratio|loopback.py"
  "loopback.disk_mb_per_s|loopback.py --disk"
  "network.first_byte_ms|first_byte.py"
  "files.small_per_s files.small_lookups|small_files.py"
  "kill.identical kill.refetched_mib kill.refetched_most_mib|kill_figures.py"
  "build.codegen_cpu_s build.codegen_peak_mb build.include_s build.layer_cpu_s build.layer_peak_mb build.clean_wall_s|build_cost.sh"
)

wanted() {  # wanted FIGURE: by its name, by a pattern, or because nothing was named
  [ ${#names[@]} -gt 0 ] || return 0
  local name
  for name in "${names[@]}"; do
    # shellcheck disable=SC2053  # a name may be a pattern
    [[ $1 == $name ]] && return 0
  done
  return 1
}

for name in "${names[@]}"; do
  known=0
  for source in "${sources[@]}"; do
    for figure in ${source%%|*}; do
      # shellcheck disable=SC2053
      [[ $figure == $name ]] && known=1
    done
  done
  [ $known = 1 ] || { echo "bench/run.sh: no figure '$name'" >&2; exit 2; }
done

configured=0
build_target() {
  if [ $configured = 0 ]; then
    cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMTFETCH_BUILD_TESTS=OFF \
      -DMTFETCH_BUILD_BENCH=ON >/dev/null
    configured=1
  fi
  cmake --build "$build" --target "$@" >&2
}

for source in "${sources[@]}"; do
  figures=${source%%|*}
  program=${source##*|}
  chosen=()
  for figure in $figures; do
    if wanted "$figure"; then chosen+=("$figure"); fi
  done
  [ ${#chosen[@]} -gt 0 ] || continue
  case "$program" in
    build_cost.sh) run=(bench/build_cost.sh "${chosen[@]}") ;;
    socket_rows.py)
      build_target mtfetch_cli mtfetch-dc network_figures
      run=(python3 bench/socket_rows.py --build "$build") ;;
    loopback.py*|kill_figures.py*|small_files.py|first_byte.py)
      build_target mtfetch_cli mtfetch-dc unavoidable_work
      # shellcheck disable=SC2086  # the program's own arguments
      run=(python3 bench/$program --build "$build") ;;
    *)
      build_target "$program"
      run=("$build/bench/$program") ;;
  esac
  "${run[@]}" | while IFS= read -r line; do
    figure=$(sed -n 's/^{"figure": *"\([^"]*\)".*/\1/p' <<<"$line")
    [ -n "$figure" ] && wanted "$figure" || continue
    printf '%s\n' "$line"
    [ -z "$json" ] || printf '%s\n' "$line" >>"$json"
  done
done
