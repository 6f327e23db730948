"""Lets PyTorch's CUDA wheel, installed with --no-deps, run on a machine without CUDA.

The wheel's libraries name CUDA libraries that the loader wants to see even if nothing calls them. For each one this
compiles an empty library with the right name and symbol versions beside libtorch. Every stub function answers with an
error, which PyTorch takes for "no device".
"""

import collections
import re
import subprocess
import sysconfig
import tempfile
from pathlib import Path

LIBRARIES = Path(sysconfig.get_paths()["purelib"]) / "torch" / "lib"
CUDA = re.compile(r"lib(cu|nv|nccl|cupti)")
UNVERSIONED = re.compile(r"(cusparseLt|cuFile|nccl|cu[A-Z]|nvml|nvshmem|cupti)")
ANSWERS = {
    "cudaGetDeviceCount": "int cudaGetDeviceCount(int *n) { *n = 0; return 100; }",  # cudaErrorNoDevice
    "cudaGetErrorString": 'const char *cudaGetErrorString(int e) { return "no CUDA"; }',
    "cudaGetErrorName": 'const char *cudaGetErrorName(int e) { return "stub"; }',
    "cudaGetLastError": "int cudaGetLastError(void) { return 0; }",
    "cudaPeekAtLastError": "int cudaPeekAtLastError(void) { return 0; }",
    "cudaDriverGetVersion": "int cudaDriverGetVersion(int *n) { *n = 0; return 0; }",
    "cudaRuntimeGetVersion": "int cudaRuntimeGetVersion(int *n) { *n = 0; return 0; }",
}
"""Functions that PyTorch calls even without a device."""


def readelf(path: Path, *flags: str) -> str:
    return subprocess.run(["readelf", "-W", *flags, str(path)], capture_output=True, text=True).stdout


def survey() -> tuple[set[str], dict[str, dict[str, set[str]]], set[str]]:
    """(CUDA libraries needed, library -> version -> symbols, symbols without version)."""
    needed, owner, undefined = set(), {}, set()
    for path in LIBRARIES.glob("*.so*"):
        needed |= {n for n in re.findall(r"NEEDED.*\[(.*?)\]", readelf(path, "-d")) if CUDA.match(n)}
        library = None
        for line in readelf(path, "-V").splitlines():
            if found := re.search(r"File: (\S+)", line):
                library = found[1]
            elif (found := re.search(r"Name: (\S+)\s+Flags", line)) and library and CUDA.match(library):
                owner[found[1], library] = library
        for line in readelf(path, "--dyn-syms").splitlines():
            fields = line.split()
            if len(fields) >= 8 and fields[6] == "UND":
                undefined.add(fields[7])
    symbols: dict[str, dict[str, set[str]]] = collections.defaultdict(lambda: collections.defaultdict(set))
    for name in undefined:
        base, _, version = name.partition("@")
        for known, library in owner:
            if version.lstrip("@") == known:
                symbols[library][known].add(base)
    return needed, symbols, {name for name in undefined if "@" not in name and UNVERSIONED.match(name)}


def stub(name: str, versions: dict[str, set[str]], loose: set[str], scratch: Path) -> None:
    """Compiles one library."""
    functions = set(loose).union(*versions.values())
    source, script = scratch / "stub.c", scratch / "stub.map"
    answer = lambda f: ANSWERS.get(f, f"long {f}(void) {{ return 1; }}")
    source.write_text("\n".join(map(answer, sorted(functions))) or "int stub;")
    command = ["gcc", "-shared", "-fPIC", "-w", "-o", str(LIBRARIES / name), str(source), f"-Wl,-soname,{name}"]
    if versions:
        script.write_text("\n".join(f"{v} {{ global: {' '.join(f'{s};' for s in sorted(ss))} }};" for v, ss in versions.items()))
        command.append(f"-Wl,--version-script={script}")
    subprocess.run(command, check=True)


def main() -> None:
    needed, symbols, loose = survey()
    missing = sorted(n for n in needed if not (LIBRARIES / n).exists())
    with tempfile.TemporaryDirectory() as folder:
        for name in missing:
            carries = loose if name.startswith("libcusparseLt") else set()
            stub(name, symbols.get(name, {}), carries, Path(folder))
    print(f"{len(missing)} stub libraries beside libtorch")


if __name__ == "__main__":
    main()
