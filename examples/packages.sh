# Sourced by examples/quickstart.sh and tests/run.sh: installs what is missing, and says so.

build_packages=(g++ cmake ninja-build pkg-config libssl-dev zlib1g-dev libasio-dev libfmt-dev
                libsqlite3-dev nlohmann-json3-dev libcli11-dev
                libre2-dev
                libtomlplusplus-dev
                libgumbo-dev)
test_packages=(libgtest-dev python3 python3-venv git)

# need_packages NAME...: Debian or Ubuntu packages. Elsewhere it names them and goes on: CMake says
# what it does not find.
need_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "No apt here. These must be installed (Debian's names): $*"
    return 0
  fi
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' ||
      missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "Please install these packages first: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "Installing packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
}
