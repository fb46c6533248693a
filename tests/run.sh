#!/usr/bin/env bash
# Builds mtfetch and runs its tests, all set-up included. `--sanitize`: the unit tests under
# AddressSanitizer and UndefinedBehaviorSanitizer instead. `--threads`: the multi-threaded tests under
# ThreadSanitizer. `--fuzz`: each fuzz target for 20 s (needs Clang). `--all`: all tests, the slow ones
# too, and `--sanitize`.
# Environment: BUILD (build folder, default build-tests), JOBS (default: the processors).
set -euo pipefail
cd "$(dirname "$0")/.."

all=0
plain=1
sanitize=0
threads=0
fuzz=0
for argument in "$@"; do
  case "$argument" in
    --all) all=1 plain=0 sanitize=1 ;;
    --sanitize) sanitize=1 plain=0 ;;
    --threads) threads=1 plain=0 ;;
    --fuzz) fuzz=1 plain=0 ;;
    -h|--help) sed -n '2,6s/^# //p' "$0"; exit 0 ;;
    *) echo "tests/run.sh: unknown argument '$argument' (--all, --sanitize, --threads, --fuzz, --help)" >&2; exit 2 ;;
  esac
done

build=${BUILD:-build-tests}
jobs=${JOBS:-$(nproc)}
. examples/packages.sh
need_packages "${build_packages[@]}" "${test_packages[@]}"

configure() {  # configure FOLDER CMAKE-OPTION...
  local folder=$1
  shift
  cmake -S . -B "$folder" -G Ninja -DMTFETCH_BUILD_TESTS=ON "$@" >"$folder.configure.log" 2>&1 ||
    { cat "$folder.configure.log" >&2; exit 1; }
  rm -f "$folder.configure.log"
}

test_in() {  # test_in FOLDER CTEST-OPTION...
  local folder=$1
  shift
  ctest --test-dir "$folder" -j "$jobs" --output-on-failure --no-tests=error --progress "$@"
}

if [ "$all" = 1 ]; then
  echo "== all tests (build folder: $build)"
  configure "$build" -DCMAKE_BUILD_TYPE=Release -DMTFETCH_SLOW_TESTS=ON
  cmake --build "$build" -j "$jobs"
  test_in "$build"
elif [ "$plain" = 1 ]; then
  echo "== tests (build folder: $build)"
  configure "$build" -DCMAKE_BUILD_TYPE=Release
  cmake --build "$build" -j "$jobs"
  test_in "$build" -LE slow
fi
if [ "$sanitize" = 1 ]; then
  echo "== unit tests under AddressSanitizer and UndefinedBehaviorSanitizer ($build-asan)"
  configure "$build-asan" -DCMAKE_BUILD_TYPE=Debug -DMTFETCH_SANITIZE=address,undefined
  cmake --build "$build-asan" -j "$jobs"
  test_in "$build-asan" -LE 'slow|interop'
fi
if [ "$threads" = 1 ]; then
  echo "== multi-threaded tests under ThreadSanitizer ($build-tsan)"
  configure "$build-tsan" -DCMAKE_BUILD_TYPE=Debug -DMTFETCH_SANITIZE=thread
  cmake --build "$build-tsan" -j "$jobs" --target threaded_tests
  test_in "$build-tsan" -L threads
fi
if [ "$fuzz" = 1 ]; then
  clang=$(command -v clang++-14 || command -v clang++ || true)
  if [ -z "$clang" ]; then
    echo "== fuzz targets: SKIPPED, there is no clang++" >&2
  else
    echo "== fuzz targets ($build-fuzz)"
    # Fast enough to find something in 20 s, and with every assert.
    configure "$build-fuzz" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG='-O1 -g1' \
      -DMTFETCH_BUILD_FUZZERS=ON -DMTFETCH_SANITIZE=address,undefined -DCMAKE_CXX_COMPILER="$clang"
    cmake --build "$build-fuzz" -j "$jobs" --target fuzzers
    test_in "$build-fuzz" -L fuzz
  fi
fi
