"""Timbre data: the table of instruments is the plugin's, phrases lie within it, and what is drawn from a set is fair."""

import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mido", reason="phrases are played with mido: pip install .[timbre]")

from vocalise_timbre import render
from vocalise_timbre.additive import TONES, AdditivePlayer
from vocalise_timbre.phrases import LENGTH, SECONDS, line, pattern
from vocalise_timbre.play import player
from vocalise_timbre.programs import DRUMS, INSTRUMENTS, TABLE
from vocalise_timbre.soundfonts import FONTS
from vocalise_timbre.model import FRAMES
from vocalise_timbre.windows import Sampler, Sounds, microphone, seconds
from vocalise_training.features import BANDS

RUST = Path(__file__).parents[3] / "src/music/instrument.rs"


def test_programs_and_ranges_are_those_of_the_plugin():
    rows = re.findall(r'row\("([^"]+)", "[^"]+", (\d+), (\d+), (\d+)\)', RUST.read_text())
    ours = [(name, played.own, played.lowest, played.highest) for name, played in zip(INSTRUMENTS, TABLE)]
    assert ours == [(name, *map(int, numbers)) for name, *numbers in rows]
    programs = [p for i, played in enumerate(TABLE) if i != DRUMS for p in (played.own, *played.relatives)]
    assert len(programs) == len(set(programs)), "a program belongs to one instrument"


def test_phrases_lie_within_the_instrument_and_the_time():
    rng = np.random.default_rng(0)
    for played in TABLE:
        for _ in range(30):
            notes = line(rng, played)
            assert all(played.lowest <= n.key <= played.highest and 0 < n.velocity < 128 for n in notes)
            assert all(0 <= n.start < n.end <= SECONDS for n in notes)
    assert all(35 <= n.key <= 81 for _ in range(30) for n in pattern(rng))


@pytest.mark.parametrize("program", TONES)
def test_every_rule_sounds_and_no_phrase_like_the_last(program):
    played = next(p for i, p in enumerate(TABLE) if p.own == program and i != DRUMS)
    rng = np.random.default_rng(1)
    audio = AdditivePlayer(FONTS["additive"]).play([line(rng, played)] * 2, program, False)
    assert audio.shape == (2, LENGTH) and np.isfinite(audio).all() and np.abs(audio).max(axis=1).min() > 0.01
    first, second = (render.sounding(sound).mean(axis=0) for sound in audio)
    assert np.abs(first - second).max() > 0.1


@pytest.mark.parametrize("name", [name for name in FONTS if name != "additive"])
def test_a_set_plays_what_is_asked_for(name):
    if not FONTS[name].available:
        pytest.skip(f"needs {FONTS[name].package}")
    band, rng = player(FONTS[name]), np.random.default_rng(2)
    assert band.has(73, False) and not band.has(126, True)
    audio = band.play([line(rng, TABLE[INSTRUMENTS.index("Flute")]) for _ in range(2)], 73, False)
    assert audio.shape == (2, LENGTH) and np.abs(audio).max(axis=1).min() > 1e-3


def test_draws_are_fair_and_seconds_whole():
    clips = np.zeros(40, render.CLIP)
    clips["start"], clips["stop"] = np.arange(40) * 250, np.arange(1, 41) * 250
    clips["instrument"][30:], clips["program"][20:30], clips["own"][:20] = 3, 7, True
    sounds = Sounds(np.random.default_rng(0).normal(-6, 2, (10_000, BANDS)).astype(np.float16), clips)
    sampler = Sampler(sounds, 0)
    owner = sampler.rng.choice(40, size=6000, p=sampler.weight)
    assert abs((owner >= 30).mean() - 0.5) < 0.03, "instruments alike"
    assert abs((owner < 20).mean() - 1 / 3) < 0.03, "the own program twice as often"
    drawn = [sampler.draw() for _ in range(50)]
    assert all(mel.shape == (FRAMES, BANDS) and np.isfinite(mel).all() for mel, _ in drawn)
    assert {instrument for _, instrument in drawn} == {0, 3}
    heard, phrase = seconds(sounds)
    assert len(heard) == 80 and (np.bincount(phrase) == 2).all()
    assert np.array_equal(heard[1], sounds.frames[FRAMES : 2 * FRAMES])


def test_another_microphone_is_another_level_and_keeps_the_spectrum_roughly():
    rng = np.random.default_rng(4)
    frames = np.tile(np.sin(np.arange(BANDS) / 6) * 2 - 4, (FRAMES, 1)).astype(np.float32)
    heard = np.array([microphone(rng, frames).mean(axis=0) for _ in range(200)])
    assert np.isfinite(heard).all() and heard.max(axis=1).std() > 0.5
    assert np.corrcoef(heard.mean(axis=0), frames[0])[0, 1] > 0.9
