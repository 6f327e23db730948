"""The collector of speakers says what it lacks."""

import subprocess
import sys

import pytest

from vocalise_training import voices


def run(monkeypatch, *args):
    monkeypatch.setattr(sys, "argv", ["voices", *map(str, args)])
    voices.main()


def test_a_missing_folder_argument_is_named(monkeypatch, capsys):
    with pytest.raises(SystemExit) as error:
        run(monkeypatch)
    assert error.value.code == 2 and "folder" in capsys.readouterr().err


def test_a_missing_tool_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="flite is missing; install"):
        run(monkeypatch, tmp_path / "voices")


def test_a_tool_that_fails_is_named(monkeypatch, tmp_path):
    def fail(command, **_):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(SystemExit, match="flite failed"):
        run(monkeypatch, tmp_path)


def test_a_folder_that_is_a_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "voices").write_text("")
    with pytest.raises(SystemExit, match="not a folder"):
        run(monkeypatch, tmp_path / "voices")
