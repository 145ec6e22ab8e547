"""What the numbers were measured on, and a fair environment for both sides."""
import os
import subprocess
import sys

INSTALL = {
    "sklearn": """scikit-learn is not installed for any Python found here.  On Debian:
    apt-get install python3-sklearn libopenblas0-pthread libsvm-tools liblinear-tools python3-xgboost
(libopenblas0-pthread matters: without it NumPy runs on the slow reference BLAS)""",
    "torch": """PyTorch is not installed for any Python found here.  On Debian:
    apt-get install python3-torch""",
}

# These slow OpenBLAS down or change the number of threads behind our back.
DROPPED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS",
           "OMP_NUM_THREADS", "OMP_DYNAMIC", "OMP_PROC_BIND", "OMP_WAIT_POLICY", "MKL_NUM_THREADS")

# OpenBLAS's names of x86-64 cores, oldest first; the machine's own name for others.
BLAS_CORES = ("Haswell", "Zen", "SkylakeX", "Cooperlake", "Sapphirerapids")

# They keep oneDNN, and so our side alone, from instructions that the processor has.
CAPS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")

BLAS_PROBE = """
import json, time, numpy
def rate(dtype, n=1500):
    a = numpy.ones((n, n), dtype)
    a @ a
    best = 1e9
    for _ in range(5):
        t = time.perf_counter(); a @ a; best = min(best, time.perf_counter() - t)
    return 2e-9 * n ** 3 / best
name = version = None
try:
    import threadpoolctl
    for pool in threadpoolctl.threadpool_info():
        if pool.get("user_api") == "blas":
            name = pool.get("architecture") or pool["internal_api"]
            version = pool["internal_api"] + " " + str(pool.get("version"))
except ImportError:
    import ctypes
    for line in open("/proc/self/maps"):
        if "openblas" in line:
            library = ctypes.CDLL(line.split()[-1])
            library.openblas_get_corename.restype = ctypes.c_char_p
            name, version = library.openblas_get_corename().decode(), "openblas"
            break
print(json.dumps({"core": name, "library": version, "sgemm": rate("f4"), "dgemm": rate("f8")}))
"""


def cores():
    return len(os.sched_getaffinity(0))


def clean_environment(threads=None):
    """The caller's environment without what slows a BLAS down; threads: for both sides, None: all cores."""
    env = {k: v for k, v in os.environ.items() if k not in DROPPED}
    if threads:
        env["OMP_NUM_THREADS"] = env["OPENBLAS_NUM_THREADS"] = str(threads)
    return env


def with_module(module, script):
    """Starts the script again under a Python that has the peer's module, or ends with the packages it needs."""
    from importlib.util import find_spec
    if find_spec(module):
        return
    tried = os.environ.get("SHORTLIST_BENCH_PYTHON")
    if not tried and os.access("/usr/bin/python3", os.X_OK):
        os.environ["SHORTLIST_BENCH_PYTHON"] = "/usr/bin/python3"
        os.execv("/usr/bin/python3", ["/usr/bin/python3", script] + sys.argv[1:])
    sys.exit(f"{os.path.basename(script)}: {INSTALL[module]}")


def _lines(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read().splitlines()
    except OSError:
        return []


def cpu_model():
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def isa():
    """The vector instruction sets that matter here, as the kernel names them."""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("flags"):
            flags = line.split()
            wanted = ("avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_int8")
            return [f for f in wanted if f in flags]
    return []


def memory_bytes():
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return int(line.split()[1]) * 1024
    return None


def probe_blas(env, core=None):
    """Core name and rates of NumPy's BLAS in a fresh process; core: as if OPENBLAS_CORETYPE said so."""
    from .pairing import run_json
    env = dict(env)
    if core:
        env["OPENBLAS_CORETYPE"] = core
    return run_json([sys.executable, "-c", BLAS_PROBE], env, "BLAS probe")


def choose_blas(env, wanted="auto"):
    """The BLAS core name that serves the peer best: (environment, what was found).

    OpenBLAS detects the processor; one newer than itself it may take for an old one (an Emerald Rapids for a
    Prescott, five times slower).  auto: its own choice unless another name is faster by a tenth."""
    from .pairing import RunError
    detected = dict(probe_blas(env), setting="detected")
    found = [detected]
    names = BLAS_CORES if wanted == "auto" else () if wanted == "detected" else (wanted,)
    if "openblas" not in (detected["library"] or ""):
        names = ()
    for core in names:
        try:
            found.append(dict(probe_blas(env, core), setting=f"OPENBLAS_CORETYPE={core}"))
        except RunError:  # instructions that this processor lacks
            continue
    best = max(found, key=lambda f: f["sgemm"]) if wanted == "auto" else found[-1]
    if wanted == "auto" and best["sgemm"] < 1.1 * detected["sgemm"]:
        best = detected
    if best is not detected:
        env = dict(env, OPENBLAS_CORETYPE=best["setting"].split("=")[1])
    return env, dict(best, detected=detected)


def describe(threads):
    import platform
    found = {"cpu": cpu_model(), "cores": cores(), "threads": threads or cores(), "isa": isa(),
             "memory": memory_bytes(), "load": os.getloadavg()[0], "system": platform.platform(),
             "python": platform.python_version()}
    for cap in CAPS:
        if cap in os.environ:
            found[cap] = os.environ[cap]
    return found


def lines(found):
    """What describe() found, for a table's head."""
    memory = f", {found['memory'] / 2**30:.0f} GiB" if found["memory"] else ""
    caps = "".join(f"; {cap}={found[cap]}" for cap in CAPS if cap in found)
    return [f"machine    {found['cpu']}, {found['cores']} cores, {found['threads']} threads{memory}; "
            f"{' '.join(found['isa'])}{caps}; load {found['load']:.1f}"]


def peer_versions():
    found = {}
    for name in ("sklearn", "numpy", "scipy"):
        try:
            found[name] = __import__(name).__version__
        except ImportError:
            pass
    for name, package in (("libsvm", "libsvm-tools"), ("liblinear", "liblinear-tools")):
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) if os.path.exists("/usr/bin/dpkg-query") else None
        if done and done.returncode == 0:
            found[name] = done.stdout.decode()
    return found


def network_versions():
    import torch
    return {"torch": torch.__version__, "shortlist": our_version()}


def our_version():
    from .options import ROOT
    for line in _lines(os.path.join(ROOT, "include", "shortlist", "version.h")):
        if line.startswith("#define SL_VERSION "):
            return line.split('"')[1]
    return "unknown"
