#!/usr/bin/env bash
# setup.sh VENV [--cpu]: a Python environment with this package, its tests, WORLD re-synthesis, MIDI and soundfont instruments.
# --cpu: PyTorch without its CUDA libraries (1.4 GB instead of 5 GB; Linux with gcc and binutils). pip then complains
# about the missing CUDA packages: that is what was asked for.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venv=${1:?usage: setup.sh VENV [--cpu]}
python3 -m venv "$venv"
pip() { "$venv/bin/python" -m pip install --quiet "$@"; }
pip --upgrade pip
if [[ ${2:-} == --cpu ]]; then
    pip --no-deps torch
    pip numpy sympy filelock typing_extensions networkx jinja2 fsspec 'setuptools>=77,<81'
    "$venv/bin/python" "$here/tools/cpu_torch.py"
    # torch's wheel names the CUDA packages as requirements, so ours are named one by one
    pip scipy numba soundfile onnx onnxruntime==1.28.0 mir_eval pyworld mido pyfluidsynth pytest
    pip --no-deps -e "$here"
else
    pip -e "$here[world,pairs,instruments,test]"
fi
"$venv/bin/python" -c 'import torch, vocalise_training; print("ready: torch", torch.__version__)'
if [[ ! -e /usr/share/sounds/sf2/FluidR3_GM.sf2 ]]; then
    echo "for instruments and bands in the data: sudo apt install libfluidsynth3 fluid-soundfont-gm"
fi
