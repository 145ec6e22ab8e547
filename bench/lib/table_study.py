"""How long a whole default study of a small table takes, from the program's start to its end."""
import os
import subprocess
import sys
import time

from .pairing import RunError, median, say

GOALS = {"quiet": 0.5, "busy": 1.0}  # seconds


def _once(program, data, out, env):
    start = time.perf_counter()
    done = subprocess.run([program, "run", "--data", data, "--out", out, "--quiet"], env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    took = time.perf_counter() - start
    if done.returncode != 0:
        raise RunError("shortlist run: " + done.stderr.decode(errors="replace").strip())
    return took


def _several(program, data, folder, env, runs, name):
    return [_once(program, data, os.path.join(folder, f"{name}-{i}"), env) for i in range(runs)]


def measure(program, data, folder, env, runs):
    """{quiet, busy: {seconds: median, runs, goal}}: alone, and beside a process that computes all the time."""
    say("the whole default study of iris")
    found = {"quiet": _several(program, data, folder, env, runs, "quiet")}
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        found["busy"] = _several(program, data, folder, env, runs, "busy")
    finally:
        busy.kill()
        busy.wait()
    return {name: {"seconds": median(times), "runs": times, "goal": GOALS[name]} for name, times in found.items()}
