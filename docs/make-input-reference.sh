#!/bin/sh
# Writes docs/input-reference.md from what the program says of its keys.
# usage: docs/make-input-reference.sh [PROGRAM]
set -eu
here=$(dirname "$0")
program=${1:-$here/../build/release/ionpass}
page=$here/input-reference.md
keys=$("$program" schema)
{
  sed '/^```text$/q' "$page"
  printf '%s\n```\n' "$keys"
} > "$page.new"
mv "$page.new" "$page"
