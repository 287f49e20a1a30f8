#!/bin/sh
# A path found by tight binding, then the same hop by PBE-D3(BJ) with k-points: both barriers side by side. Cubic CsPbI3 with an
# iodide vacancy (+1) in a cell of 4 atoms with 2x2x2 k-points, small enough for two cores; far too small for the dilute limit.
# The band of pw.x moves at 30/120 Ry; the energies along it are then computed again at the 60/300 Ry of the driver.
# usage: refine-path.sh IONPASS [FOLDER]      (needs pw.x and CP2K's table of pseudopotentials; about 13 minutes of one core)
set -eu
ionpass=$(realpath "$1")
template=$(cd "$(dirname "$0")/../../../potentials/data/drivers/qe-pbe-d3" && pwd)/pw.in
folder=${2:-refine-path}
mkdir -p "$folder"
cd "$folder"
cell='4
Lattice="6.29 0 0 0 6.29 0 0 0 6.29" Properties=species:S:1:pos:R:3 pbc="T T T"
Cs 3.145 3.145 3.145
Pb 0 0 0'
printf '%s\nI 3.145 0 0\nI 0 0 3.145\n' "$cell" > initial.extxyz
printf '%s\nI 0 3.145 0\nI 0 0 3.145\n' "$cell" > final.extxyz
options="--charge 1 --kpoints 2 2 2"
# shellcheck disable=SC2086 # words of an option list
"$ionpass" neb initial.extxyz final.extxyz -p dftb/pilot-pbi3 $options --images 3 --fmax 0.05 -o tight-binding.extxyz
# shellcheck disable=SC2086
"$ionpass" label tight-binding.extxyz -p driver/qe-pbe-d3 $options -o tight-binding-pbe.extxyz
grep -o ' energy=[^ ]*' tight-binding-pbe.extxyz
# The same hop by PBE-D3(BJ), from that path.
sed 's/ecutwfc = 60/ecutwfc = 30/; s/ecutrho = 300/ecutrho = 120/' "$template" > pw.in
printf 'name: driver/qe-pbe-d3\ndriver: {template: pw.in}\n' > coarse.yaml
head -n 6 tight-binding.extxyz > initial-relaxed.extxyz
tail -n 6 tight-binding.extxyz > final-relaxed.extxyz
# shellcheck disable=SC2086
"$ionpass" neb initial-relaxed.extxyz final-relaxed.extxyz -p coarse.yaml $options --start tight-binding.extxyz --fmax 0.05 -o pbe.extxyz
# shellcheck disable=SC2086
"$ionpass" label pbe.extxyz -p driver/qe-pbe-d3 $options -o pbe-fine.extxyz
grep -o ' energy=[^ ]*' pbe-fine.extxyz
