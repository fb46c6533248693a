#!/usr/bin/env bash
# Compiles the ARMv8 loops with their known answers and runs them: here where the processor is one,
# else with the cross compiler under emulation. Without these it is skipped (exit code 77).
#   armv8_test.sh SOURCE_FOLDER WORK_FOLDER
set -euo pipefail
source=$1
work=$2

emulator=()
if [ "$(uname -m)" = aarch64 ]; then
  compiler=${CXX:-c++}
else
  compiler=aarch64-linux-gnu-g++
  emulator=(qemu-aarch64)
fi
for program in "$compiler" "${emulator[@]}"; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: there is no $program"
    exit 77
  fi
done

mkdir -p "$work"
"$compiler" -std=c++20 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -static \
  -march=armv8-a+crypto -I"$source" -I"$source/mtproto/include" \
  "$source/tests/crypto/armv8_main.cpp" "$source/mtproto/crypto/loops_armv8.cpp" \
  -o "$work/armv8_loops"
"${emulator[@]}" "$work/armv8_loops"
