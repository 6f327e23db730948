"""Timbre data: the table of instruments is the plugin's, phrases lie within it, and what is drawn from a set is fair."""

import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mido", reason="phrases are played with mido: pip install .[timbre]")

from vocalise_timbre import render
from vocalise_timbre.additive import TONES, AdditivePlayer, Tone, sound
from vocalise_timbre.phrases import LENGTH, SECONDS, Struck, line, pattern
from vocalise_timbre.play import player
from vocalise_timbre.recordings import Loop, Note, key_of
from vocalise_timbre.programs import DRUMS, INSTRUMENTS, TABLE
from vocalise_timbre.soundfonts import FONTS
from vocalise_timbre.model import FRAMES
from vocalise_timbre.windows import Sampler, Sounds, held, microphone, paced, seconds
from vocalise_training.features import BANDS, SAMPLE_RATE

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


def test_a_filter_that_closes_takes_the_upper_partials():
    closing = lambda hz, time: 1 / (1 + (hz / (2000 * np.exp(-2 * time))) ** 4)
    tone = Tone(lambda n, hz, f0: 1 / n, np.arange(1.0, 21), lambda hz: 0 * hz, sweep=closing)
    audio = sound(np.random.default_rng(6), tone, Struck(0.0, 2.0, 36, 100))
    early, late = (np.abs(np.fft.rfft(audio[at : at + SAMPLE_RATE // 4])) for at in (2000, int(1.5 * SAMPLE_RATE)))
    upper = slice(800 // 4, 1300 // 4)
    assert early[upper].max() > 20 * late[upper].max() and late[:50].max() > 0.5 * early[:50].max()


@pytest.mark.parametrize("name", [name for name in FONTS if name != "additive"])
def test_a_set_plays_what_is_asked_for(name):
    if not FONTS[name].available:
        pytest.skip(f"needs {FONTS[name].package}")
    band, rng = player(FONTS[name]), np.random.default_rng(2)
    played = next(played for played in TABLE if band.has(played.own, False))
    assert not band.has(126, True)
    audio = band.play([line(rng, played) for _ in range(2)], played.own, False)
    assert audio.shape == (2, LENGTH) and np.abs(audio).max(axis=1).min() > 1e-3


@pytest.mark.parametrize("name", ["sonivox", "recordings", "mda"])
def test_a_key_sounds_at_its_pitch(name):
    if not FONTS[name].available:
        pytest.skip(f"needs {FONTS[name].package}")
    audio = player(FONTS[name]).play([[Struck(0.2, 2.0, 57, 100)]], 0, False)[0]
    heard = audio[int(0.3 * SAMPLE_RATE) : int(1.3 * SAMPLE_RATE)]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    hz = np.arange(len(spectrum)) * SAMPLE_RATE / len(heard)
    assert np.abs(audio[: int(0.19 * SAMPLE_RATE)]).max() < 1e-3 < np.abs(heard).max()
    partial = spectrum[(hz > 205) & (hz < 235)].max()
    assert partial > 20 * np.median(spectrum[(hz > 150) & (hz < 300)]), "220 Hz"


@pytest.mark.parametrize("name", ["fluid", "sonivox", "freepats"])
def test_a_key_aside_sounds_the_same_pitch_from_another_body(name):
    if not FONTS[name].available:
        pytest.skip(f"needs {FONTS[name].package}")
    straight, *bent = player(FONTS[name]).play([[Struck(0.1, 2.0, 60, 100)]] * 3, 0, False, [0, 5, -5])
    periods = []
    for audio in (straight, *bent):
        heard = audio[int(0.5 * SAMPLE_RATE) : int(1.5 * SAMPLE_RATE)]
        again = np.fft.irfft(np.abs(np.fft.rfft(heard, 2 * len(heard))) ** 2)
        periods.append(40 + int(again[40:130].argmax()))
    assert max(periods) - min(periods) <= 1 and abs(SAMPLE_RATE / periods[0] - 261.6) < 4
    assert max(np.abs(render.sounding(other)[50:100] - render.sounding(straight)[50:100]).mean() for other in bent) > 0.3


@pytest.mark.parametrize("periods", [1, 7])
def test_a_loop_lasts_and_goes_on_as_the_note_does(periods):
    wave = np.sin(2 * np.pi * 220 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    lasting = Loop(0.3, periods, 0.0, 5.0).lasting(Note(57, wave), 3 * SAMPLE_RATE)
    assert len(lasting) == 3 * SAMPLE_RATE and np.abs(lasting).max() < 1.05
    assert np.abs(np.diff(lasting)).max() < 1.3 * np.abs(np.diff(wave)).max(), "no clicks"


@pytest.mark.parametrize("file, key", [("A4.mp3", 69), ("Cs2.mp3", 37), ("D#5v8.ogg", 75)])
def test_a_recording_is_named_after_its_key(file, key):
    assert key_of(file) == key
    assert key_of("index.js") is None


def test_draws_are_fair_and_seconds_whole():
    clips = np.zeros(40, render.CLIP)
    clips["start"], clips["stop"] = np.arange(40) * 250, np.arange(1, 41) * 250
    clips["instrument"][30:], clips["program"][20:30], clips["own"][:20] = 3, 7, True
    sounds = Sounds(np.random.default_rng(0).normal(-6, 2, (10_000, BANDS)).astype(np.float16), clips)
    sampler = Sampler(sounds, 0)
    assert [len(phrases) for phrases in sampler.phrases[0]] == [20, 10], "its own program first"
    assert [len(phrases) for phrases in sampler.phrases[3]] == [10]
    drawn = [sampler.draw(instrument) for instrument in (0, 3) * 25]
    assert all(mel.shape == (FRAMES, BANDS) and np.isfinite(mel).all() for mel in drawn)
    heard, phrase = seconds(sounds)
    assert len(heard) == 80 and (np.bincount(phrase) == 2).all()
    assert np.array_equal(heard[1], sounds.frames[FRAMES : 2 * FRAMES])


@pytest.mark.parametrize("length", [87, FRAMES, 115])
def test_held_frames_are_as_many_and_some_come_again(length):
    rng, ramp = np.random.default_rng(5), np.tile(np.arange(length, dtype=np.float32)[:, None], (1, BANDS))
    for _ in range(50):
        frames = held(rng, ramp)
        assert frames.shape == ramp.shape and np.isin(frames, ramp).all()
        assert len(np.unique(frames[:, 0])) < length - length // 3 + 9


@pytest.mark.parametrize("length", [80, FRAMES, 115])
def test_paced_frames_are_a_second(length):
    ramp = np.tile(np.linspace(0, 1, length, dtype=np.float32)[:, None], (1, BANDS))
    assert np.allclose(paced(ramp)[:, 0], np.linspace(0, 1, FRAMES), atol=1e-6)


def test_another_microphone_is_another_level_and_keeps_the_spectrum_roughly():
    rng = np.random.default_rng(4)
    frames = np.tile(np.sin(np.arange(BANDS) / 6) * 2 - 4, (FRAMES, 1)).astype(np.float32)
    heard = np.array([microphone(rng, frames).mean(axis=0) for _ in range(200)])
    assert np.isfinite(heard).all() and heard.max(axis=1).std() > 0.5
    assert np.corrcoef(heard.mean(axis=0), frames[0])[0, 1] > 0.9
