#!/usr/bin/env bash
# Writes the golden files anew: tests/codegen/golden/update.sh BUILD/codegen/tlgen
# Read what changed (git diff) before you commit it.
set -euo pipefail
tlgen=$(realpath "${1:?the path of tlgen}")
cd "$(dirname "$0")"
for schema in *.tl; do
  name=${schema%.tl}
  "$tlgen" types --out .. --namespace "golden::$name" --include "golden/$name" --methods ALL \
    --parts 1 "$schema"
done
"$tlgen" table --out .. --function golden::table --header golden/table.hpp flags.tl vectors.tl \
  --with other=recursion.tl
