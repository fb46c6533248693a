#!/usr/bin/env bash
# What compiling the generated types costs, as JSON lines. Builds in a folder of its own, without a
# compiler cache.
#   bench/build_cost.sh [FIGURE...]    all build.* figures, or those named
# Environment: CXX; JOBS of the clean build (default 2).
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
  -h|--help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
esac
wanted=" $* "
is_wanted() { [ "$wanted" = "  " ] || [[ "$wanted" == *" $1 "* ]]; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CCACHE_DISABLE=1

configure() {  # configure FOLDER CMAKE-OPTION...
  local folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja -DMTFETCH_BUILD_TESTS=OFF -DMTFETCH_BUILD_BENCH=OFF \
    -DCMAKE_CXX_COMPILER_LAUNCHER= "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}
build() {  # build FOLDER TARGET...
  cmake --build "$1" -j "$(nproc)" --target "${@:2}" >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; exit 1; }
}

# measure COMMAND...: "CPU-SECONDS PEAK-MB" of the command and all that it starts; the peak is that
# of the largest process.
measure() {
  python3 - "$@" <<'PYTHON'
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
if done.returncode:
    sys.stderr.buffer.write(done.stdout)
    sys.exit(1)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss / 1024:.0f}")
PYTHON
}
figure() {  # figure NAME VALUE UNIT NOTE
  if is_wanted "$1"; then
    printf '{"figure": "%s", "value": %s, "unit": "%s", "note": "%s"}\n' "$@"
  fi
}

compiler() { sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$1/CMakeCache.txt"; }

if is_wanted build.codegen_cpu_s || is_wanted build.codegen_peak_mb || is_wanted build.include_s; then
  configure "$work/library" -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG"
  build "$work/library" mtfetch_tl mtfetch_api_generate mtfetch_mtproto_types_generate
  note="$("$(compiler "$work/library")" --version | head -n 1)"
  if is_wanted build.include_s; then
    echo '#include <mtfetch/api.hpp>' >"$work/include.cpp"
    least=
    for _ in 1 2 3; do
      read -r seconds _ < <(measure "$(compiler "$work/library")" -std=c++20 -O2 -I. \
        -Imtproto/include "-I$work/library/tl-schema/mtfetch_api" -c "$work/include.cpp" \
        -o "$work/include.o")
      if [ -z "$least" ] || [ "${seconds/./}" -lt "${least/./}" ]; then least=$seconds; fi
    done
    figure build.include_s "$least" s "<mtfetch/api.hpp>, CPU, least of 3, $note"
  fi
  if is_wanted build.codegen_cpu_s || is_wanted build.codegen_peak_mb; then
    read -r seconds peak < <(measure cmake --build "$work/library" -j 1 --target mtfetch_api \
      mtfetch_mtproto_types)
    figure build.codegen_cpu_s "$seconds" s "mtfetch_api and mtfetch_mtproto_types, -O2, $note"
    figure build.codegen_peak_mb "$peak" MB "largest compiler process"
  fi
fi

if is_wanted build.layer_cpu_s || is_wanted build.layer_peak_mb; then
  configure "$work/layer" -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG"
  build "$work/layer" mtfetch_tl mtfetch_api_generate mtfetch_layer_generate
  read -r seconds peak < <(measure cmake --build "$work/layer" -j 1 --target mtfetch_layer)
  figure build.layer_cpu_s "$seconds" s "mtfetch_api and mtfetch_layer, -O1"
  figure build.layer_peak_mb "$peak" MB "largest compiler process"
fi

if is_wanted build.clean_wall_s; then
  configure "$work/clean" -DCMAKE_BUILD_TYPE=Release
  begin=$(date +%s.%N)
  cmake --build "$work/clean" -j "${JOBS:-2}" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  end=$(date +%s.%N)
  figure build.clean_wall_s "$(python3 -c "print(round($end - $begin, 1))")" s \
    "-j ${JOBS:-2}, Release, without tests"
fi
