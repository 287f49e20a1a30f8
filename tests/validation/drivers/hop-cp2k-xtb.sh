#!/bin/sh
# An iodide hop in pseudo-cubic MAPbI3 (structures/library/MAPbI3-pseudocubic.cif less one iodide, +1, 11 atoms) with GFN1-xTB by
# CP2K over two ranks. Γ alone in so small a cell: the barrier shows that drivers work, and says nothing of the material.
# usage: hop-cp2k-xtb.sh IONPASS [FOLDER]
set -eu
ionpass=$(realpath "$1")
start=$(cd "$(dirname "$0")" && pwd)
folder=${2:-hop-cp2k-xtb}
mkdir -p "$folder"
cd "$folder"
options="-p driver/cp2k-xtb --charge 1"
for end in initial final; do
  # shellcheck disable=SC2086 # words of an option list
  "$ionpass" relax "$start/mapbi3-vacancy-$end.extxyz" $options --fmax 0.03 -o "$end.extxyz"
done
# shellcheck disable=SC2086
mpirun -n 2 "$ionpass" neb initial.extxyz final.extxyz $options --images 3 --fmax 0.1 -o path.extxyz
