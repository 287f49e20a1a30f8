#!/usr/bin/env python3
"""Energies, forces and stress through ionpass against plain runs of CP2K and pw.x.

Usage: compare_plain.py IONPASS [cp2k-xtb|cp2k-pbe-d3|qe-pbe-d3]...

The inputs of the plain runs are written here, by hand, and their output is read here: nothing of
ionpass' templates or parsers is used. Python's standard library only.
"""
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BOHR, HARTREE = 0.529177210903, 27.211386245988  # CODATA 2018
HERE = Path(__file__).resolve().parent

# Hydrogen iodide and silicon in cells in which nothing is symmetric.
HI = ([("H", 0.1, 0.2, 0.0), ("I", 0.3, 0.0, 1.65)],
      [(8.0, 0.0, 0.0), (0.5, 8.5, 0.0), (0.0, 0.3, 9.0)])
SI = ([("Si", 0.0, 0.0, 0.0), ("Si", 1.45, 1.30, 1.36)],
      [(0.0, 2.7, 2.75), (2.7, 0.1, 2.7), (2.8, 2.7, 0.0)])

CP2K = """&GLOBAL
  PROJECT plain
  RUN_TYPE ENERGY_FORCE
&END GLOBAL
&FORCE_EVAL
  METHOD QUICKSTEP
  STRESS_TENSOR ANALYTICAL
  &DFT
%s
  &END DFT
  &SUBSYS
    &CELL
%s
    &END CELL
    &COORD
%s
    &END COORD
%s
  &END SUBSYS
  &PRINT
    &FORCES
      NDIGITS 12
    &END FORCES
    &STRESS_TENSOR
    &END STRESS_TENSOR
  &END PRINT
&END FORCE_EVAL
"""
XTB = """    &QS
      METHOD XTB
      &XTB
        DO_EWALD T
        CHECK_ATOMIC_CHARGES F
      &END XTB
    &END QS
    &SCF
      SCF_GUESS MOPAC
      EPS_SCF 1.0E-8
      MAX_SCF 200
      &MIXING
        METHOD DIRECT_P_MIXING
        ALPHA 0.2
      &END MIXING
    &END SCF
    &POISSON
      POISSON_SOLVER PERIODIC
      PERIODIC XYZ
    &END POISSON"""
PBE = """    BASIS_SET_FILE_NAME BASIS_MOLOPT
    POTENTIAL_FILE_NAME GTH_POTENTIALS
    &MGRID
      CUTOFF 350
      REL_CUTOFF 50
    &END MGRID
    &QS
      EPS_DEFAULT 1.0E-12
    &END QS
    &SCF
      SCF_GUESS ATOMIC
      EPS_SCF 1.0E-6
      MAX_SCF 30
      &OT
        MINIMIZER DIIS
        PRECONDITIONER FULL_SINGLE_INVERSE
      &END OT
      &OUTER_SCF
        EPS_SCF 1.0E-6
        MAX_SCF 10
      &END OUTER_SCF
    &END SCF
    &XC
      &XC_FUNCTIONAL PBE
      &END XC_FUNCTIONAL
      &VDW_POTENTIAL
        POTENTIAL_TYPE PAIR_POTENTIAL
        &PAIR_POTENTIAL
          TYPE DFTD3(BJ)
          PARAMETER_FILE_NAME dftd3.dat
          REFERENCE_FUNCTIONAL PBE
        &END PAIR_POTENTIAL
      &END VDW_POTENTIAL
    &END XC"""
KINDS = """    &KIND H
      BASIS_SET DZVP-MOLOPT-SR-GTH-q1
      POTENTIAL GTH-PBE-q1
    &END KIND
    &KIND I
      BASIS_SET DZVP-MOLOPT-SR-GTH-q7
      POTENTIAL GTH-PBE-q7
    &END KIND"""
# Silicon as CP2K's table has it, rewritten by hand for pw.x.
SI_GTH = """Si GTH-PBE-q4
14 4 20240101 zatom,zion,pspdat
10 11 1 0 2001 0 pspcod,pspxc,lmax,lloc,mmax,r2well
%s
"""
PW = """&CONTROL
  calculation = 'scf', prefix = 'plain', pseudo_dir = '.', outdir = './plain-out'
  tprnfor = .true., tstress = .true.
/
&SYSTEM
  ibrav = 0, nat = 2, ntyp = 1, ecutwfc = 60, ecutrho = 300, nosym = .true., input_dft = 'PBE'
  vdw_corr = 'grimme-d3', dftd3_version = 4, dftd3_threebody = .false.
/
&ELECTRONS
  conv_thr = 1.0d-9, electron_maxstep = 100
/
ATOMIC_SPECIES
Si 28.0855 Si.gth
CELL_PARAMETERS angstrom
%s
ATOMIC_POSITIONS angstrom
%s
K_POINTS automatic
2 2 2 0 0 0
"""


def rows(items):
    return "\n".join(" ".join(str(x) for x in item) for item in items)


def run(words, folder, **more):
    start = time.time()
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, **more)
    return done.stdout, done.stderr, time.time() - start


def plain_cp2k(folder, system, dft, kinds):
    atoms, cell = system
    named = "\n".join(f"{name} " + " ".join(map(str, v)) for name, v in zip("ABC", cell))
    (folder / "plain.inp").write_text(CP2K % (dft, named, rows(atoms), kinds))
    out, _, seconds = run(["cp2k", "-i", "plain.inp"], folder)
    energy = float(re.search(r"ENERGY\| Total FORCE_EVAL.*:\s+(\S+)", out).group(1))
    table = out[out.index("ATOMIC FORCES in [a.u.]"):out.index("SUM OF ATOMIC FORCES")]
    forces = [[float(x) for x in line.split()[3:6]] for line in table.splitlines()
              if re.match(r"\s*\d+\s+\d+\s+[A-Z]", line)]
    tensor = re.findall(r"STRESS\|\s+[xyz]((?:\s+[-+.\dE]+){3})\s*$",
                        out[out.index("Analytical stress tensor"):], re.M)[:3]
    stress = [[-float(x) / 160.21766208 for x in line.split()] for line in tensor]
    return energy, forces, stress, seconds


def gth_silicon():
    text = Path("/usr/share/cp2k/GTH_POTENTIALS").read_text()
    entry = text[text.index("Si GTH-PBE-q4"):].splitlines()[2:]
    local, channels, s1, s2, p = entry[0], entry[1], entry[2], entry[3], entry[4]
    return SI_GTH % "\n".join([local, channels, s1, s2, p, "0.0"])


def plain_pw(folder, system):
    atoms, cell = system
    (folder / "Si.gth").write_text(gth_silicon())
    (folder / "plain.in").write_text(PW % (rows(cell), rows(atoms)))
    out, _, seconds = run(["pw.x", "-in", "plain.in"], folder)
    energy = float(re.search(r"!\s+total energy\s+=\s+(\S+) Ry", out).group(1)) / 2
    forces = [[float(x) / 2 for x in m.split()]
              for m in re.findall(r"atom\s+\d+ type\s+\d+\s+force =(.*)", out)][:len(atoms)]
    lines = out[out.index("total   stress"):].splitlines()[1:4]
    stress = [[-float(x) / 2 * HARTREE / BOHR**3 for x in line.split()[:3]] for line in lines]
    return energy, forces, stress, seconds


def through_ionpass(ionpass, folder, name, exchange, system, more):
    atoms, cell = system
    lattice = " ".join(str(x) for v in cell for x in v)
    (folder / "s.extxyz").write_text(
        f'{len(atoms)}\nLattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"\n'
        + rows(atoms) + "\n")
    (folder / "p.yaml").write_text(f"name: driver/{name}\ndriver: {{exchange: {exchange}}}\n")
    out, err, seconds = run([ionpass, "evaluate", "s.extxyz", "-p", "p.yaml", "--stress", "--json",
                             *more], folder)
    if not out:
        sys.exit(err)
    return json.loads(out)[0], seconds


def largest(a, b, scale):
    return max(abs(x - y * scale) for u, v in zip(a, b) for x, y in zip(u, v))


def compare(ionpass, name):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        more = []
        if name == "cp2k-xtb":
            system = HI
            energy, forces, stress, seconds = plain_cp2k(folder, HI, XTB, "")
        elif name == "cp2k-pbe-d3":
            system = HI
            energy, forces, stress, seconds = plain_cp2k(folder, HI, PBE, KINDS)
        else:
            system = SI
            more = ["--kpoints", "2", "2", "2"]
            energy, forces, stress, seconds = plain_pw(folder, SI)
        for exchange in ("files", "socket"):
            found, taken = through_ionpass(ionpass, folder, name, exchange, system, more)
            print(f"{name:12} {exchange:7} energy {energy:18.10f} Ha  "
                  f"dE {abs(found['free_energy'] / HARTREE - energy):.1e} Ha  "
                  f"dF {largest(found['forces'], forces, HARTREE / BOHR) * BOHR / HARTREE:.1e} Ha/bohr  "
                  f"dS {largest(found['stress'], stress, 1.0) * 160.21766208:.1e} GPa  "
                  f"largest stress {max(abs(x) for r in stress for x in r) * 160.21766208:.2f} GPa  "
                  f"plain {seconds:.1f} s, ionpass {taken:.1f} s")


if __name__ == "__main__":
    program = str(Path(sys.argv[1]).resolve())
    for driver in sys.argv[2:] or ["cp2k-xtb", "cp2k-pbe-d3", "qe-pbe-d3"]:
        compare(program, driver)
