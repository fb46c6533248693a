#!/usr/bin/env bash
# Builds mtfetch and runs its tests, all set-up included. `--sanitize`: the unit tests under
# AddressSanitizer and UndefinedBehaviorSanitizer instead. `--all`: all of it, the slow tests too.
# Environment: BUILD (build folder, default build-tests), JOBS (default: the processors).
set -euo pipefail
cd "$(dirname "$0")/.."

all=0
sanitize=0
for argument in "$@"; do
  case "$argument" in
    --all) all=1 ;;
    --sanitize) sanitize=1 ;;
    -h|--help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
    *) echo "tests/run.sh: unknown argument '$argument' (--all, --sanitize, --help)" >&2; exit 2 ;;
  esac
done

build=${BUILD:-build-tests}
jobs=${JOBS:-$(nproc)}
. examples/packages.sh
need_packages "${build_packages[@]}" "${test_packages[@]}"

run_tests() {  # run_tests FOLDER LABELS-TO-LEAVE-OUT CMAKE-OPTION...
  local folder=$1 leave_out=$2
  shift 2
  cmake -S . -B "$folder" -G Ninja -DMTFETCH_BUILD_TESTS=ON "$@" >"$folder.configure.log" 2>&1 ||
    { cat "$folder.configure.log" >&2; exit 1; }
  rm -f "$folder.configure.log"
  cmake --build "$folder" -j "$jobs"
  local select=()
  [ -z "$leave_out" ] || select=(-LE "$leave_out")
  ctest --test-dir "$folder" -j "$jobs" --output-on-failure --no-tests=error \
    --progress "${select[@]}"
}

if [ "$all" = 1 ]; then
  echo "== all tests (build folder: $build)"
  run_tests "$build" '' -DCMAKE_BUILD_TYPE=Release -DMTFETCH_SLOW_TESTS=ON
elif [ "$sanitize" = 0 ]; then
  echo "== tests (build folder: $build)"
  run_tests "$build" 'slow' -DCMAKE_BUILD_TYPE=Release
fi
if [ "$all" = 1 ] || [ "$sanitize" = 1 ]; then
  echo "== unit tests under AddressSanitizer and UndefinedBehaviorSanitizer ($build-asan)"
  run_tests "$build-asan" 'slow|interop' -DCMAKE_BUILD_TYPE=Debug \
    -DMTFETCH_SANITIZE=address,undefined
fi
