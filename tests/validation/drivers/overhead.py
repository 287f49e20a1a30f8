#!/usr/bin/env python3
"""Time that ionpass adds to an evaluation by an external program, measured with one that computes
nothing to speak of (the tests' fake_program).

Usage: overhead.py IONPASS FAKE_PROGRAM
"""
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FRAME = '12\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3 pbc="T T T"\n'


def frames(count):
    return "".join(FRAME + "".join(f"I {(j % 3) * 3 + i * 1e-4} {(j // 3) * 2.2} {(j % 2) * 4}\n"
                                   for j in range(12)) for i in range(count))


def seconds(ionpass, folder, settings, count):
    (folder / "p.yaml").write_text(settings)
    (folder / "s.extxyz").write_text(frames(count))
    out = subprocess.run([ionpass, "evaluate", "s.extxyz", "-p", "p.yaml", "--json"], cwd=folder,
                         capture_output=True, text=True, check=True).stdout
    return [entry["seconds"] for entry in json.loads(out)][1:]  # the first one starts the program


def own_time(fake, folder, count):
    (folder / "one.extxyz").write_text(frames(1))
    out = []
    for _ in range(count):
        start = time.perf_counter()
        subprocess.run([fake, "command", "-", "one.extxyz"], cwd=folder,
                       capture_output=True, check=True)
        out.append(time.perf_counter() - start)
    return out


def show(what, times):
    print(f"{what:28} median {statistics.median(times) * 1e3:8.3f} ms   "
          f"95 % below {sorted(times)[int(0.95 * len(times))] * 1e3:8.3f} ms   ({len(times)})")


if __name__ == "__main__":
    ionpass, fake = (str(Path(p).resolve()) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        script = "-"
        ipi = f'name: driver/ipi\ndriver: {{command: [{fake}, ipi, {script}, "{{socket}}"]}}\n'
        cp2k = f"name: driver/cp2k-xtb\ndriver: {{command: [{fake}, cp2k, {script}], transport: %s}}\n"
        command = f'name: driver/command\ndriver: {{command: [{fake}, command, {script}, "{{input}}"]}}\n'
        show("UNIX socket", seconds(ionpass, folder, ipi, 500))
        show("UNIX socket, output checked", seconds(ionpass, folder, cp2k % "unix", 500))
        show("TCP socket, output checked", seconds(ionpass, folder, cp2k % "inet", 500))
        show("files", seconds(ionpass, folder, command, 100))
        show("the program of it by itself", own_time(fake, folder, 100))
