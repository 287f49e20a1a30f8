#!/usr/bin/python3
"""Both sides of the i-PI protocol against ASE (Debian: python3-ase).

Usage: ase_socket.py IONPASS

1. ASE's SocketIOCalculator is the server, `ionpass serve` the client: energies, forces and stress
   must be those of `ionpass evaluate`.
2. ionpass is the server (driver/ipi), ASE's SocketClient with its EMT calculator the client:
   energies, forces and stress must be those of EMT itself.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.calculators.socketio import SocketIOCalculator
from ase.io import write
from ase.optimize import BFGS

CLIENT = """import sys
from ase.calculators.emt import EMT
from ase.calculators.socketio import SocketClient
from ase.io import read
atoms = read(sys.argv[1])
atoms.calc = EMT()
SocketClient(unixsocket=sys.argv[2]).run(atoms, use_stress=True)
"""


def evaluate(ionpass, folder, potential, atoms, more=()):
    write(folder / "s.extxyz", atoms)
    done = subprocess.run([ionpass, "evaluate", "s.extxyz", "-p", potential, "--stress", "--json",
                           *more], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout)[0]


def report(what, energy, forces, stress):
    print(f"{what}: dE {energy:.1e} eV, dF {forces:.1e} eV/Å, dS {stress:.1e} eV/Å³")
    assert energy < 1e-6 and forces < 1e-6 and stress < 1e-8, what


def ase_is_server(ionpass, folder):
    atoms = Atoms("PbICs", positions=[[0, 0, 0], [3.0, 0.2, 0.1], [-3.0, -3.0, 4.0]], pbc=True,
                  cell=[[9, 0.5, 0], [0, 9, 0], [0.3, 0, 9]])
    write(folder / "start.extxyz", atoms)
    client = subprocess.Popen([ionpass, "serve", "start.extxyz", "-p", "dftb/pilot-pbi3", "--charge",
                               "2", "--socket", "ionpass-ase"], cwd=folder)
    with SocketIOCalculator(unixsocket="ionpass-ase") as calculator:
        atoms.calc = calculator
        BFGS(atoms, logfile=None).run(fmax=0.05, steps=5)
        energy, forces = atoms.get_potential_energy(), atoms.get_forces()
        stress = atoms.get_stress(voigt=False)
    assert client.wait() == 0
    found = evaluate(ionpass, folder, "dftb/pilot-pbi3", Atoms(atoms), ["--charge", "2"])
    report("ASE drives ionpass", abs(found["free_energy"] - energy),
           np.abs(np.array(found["forces"]) - forces).max(),
           np.abs(np.array(found["stress"]) - stress).max())


def ase_is_client(ionpass, folder):
    (folder / "client.py").write_text(CLIENT)
    (folder / "p.yaml").write_text(
        f"name: driver/ipi\ndriver: {{command: [{sys.executable}, ./client.py, \"{{input}}\", "
        "\"{socket}\"]}\n")
    atoms = bulk("Cu", cubic=True) * (2, 1, 1)
    atoms.rattle(0.1, seed=1)
    atoms.set_cell(atoms.cell.array @ (np.eye(3) + [[0.01, 0.02, 0], [0, -0.01, 0.03], [0, 0, 0.02]]),
                   scale_atoms=True)
    found = evaluate(ionpass, folder, "p.yaml", atoms)
    atoms.calc = EMT()
    report("ionpass drives ASE", abs(found["energy"] - atoms.get_potential_energy(force_consistent=True)),
           np.abs(np.array(found["forces"]) - atoms.get_forces()).max(),
           np.abs(np.array(found["stress"]) - atoms.get_stress(voigt=False)).max())


if __name__ == "__main__":
    program = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        ase_is_server(program, Path(temporary))
        ase_is_client(program, Path(temporary))
