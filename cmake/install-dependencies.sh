#!/bin/sh
# Installs the Debian packages that are missing, or says which they are if it may not.
set -eu

list=$(dirname "$0")/debian-packages.txt
missing=
while read -r package; do
  case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true) in
    *"install ok installed"*) ;;
    *) missing="$missing $package" ;;
  esac
done < "$list"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root=sudo
else
  echo "ionpass needs packages that are not installed. As root, run:" >&2
  echo "  apt-get update && apt-get install -y --no-install-recommends$missing" >&2
  exit 1
fi
echo "installing:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing
