"""Fits the constant of src/music/rhythm_patterns.rs: what kinds of players play where in a bar.

    python fit_patterns.py CORPUS.jsonl.gz OUT.rs [--without drummer1 drummer2 ...]

First mixtures of Poisson rates of onsets, by expectation-maximisation at the beat that was played
to. Then all numbers are changed by gradient so that the true tempo and place of the beat become
likely among all candidates (`RATIOS` of the tempo, 12 places a beat), given windows of 4 to 32
beats: rates that describe the playing best do not tell half-beats and half-tempos apart best.

Needs numpy and torch; takes some minutes and 3 GB. The held-out part (see corpus.rs) is left out,
and so is everything not in 4/4. `--without` leaves these drummers out instead of the held-out ones:
see cross_validate.py. Beside the corpus there is plain playing: eighths or quarters with
a louder beat, at any tempo of 64 - 165 BPM, which the corpus hardly has.
"""

import argparse
import gzip
import json
import math
import zlib

import numpy as np
import torch

# As in onset_rates.rs, tempo_rows.rs, listener.rs and beat_tracker.rs.
CELLS, BAR = 24, 96
PLACES = [beat + part for beat in range(4) for part in (0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)]
NARROWEST, BLUR_RATIO, BLURS = 0.6 / CELLS, 1.4, 6
SLIP_S, SLIP_BEATS = 0.02, 0.022
SLOWEST, FASTEST = 42.0, 242.0
ACCENT_STEPS, MEMORY = (0.75, 1.2), 8
MERGE_S = 0.03
LONGEST = 128

KINDS = {"drums": 7, "taps": 2, "voice": 3, "plain": 1}  # patterns of each
SAMPLED = {"drums": 0.4, "taps": 0.3, "voice": 0.4, "plain": 0.08}  # share of a batch's 384
STEPS, RATE, STAY = 240, 0.02, 0.02
RATIOS = [1/4, 1/3, 2/5, 1/2, 3/5, 2/3, 3/4, 4/5, 9/10, 1, 10/9, 5/4, 4/3, 3/2, 5/3, 2, 5/2, 3, 4]  # fmt: skip
TRUE = RATIOS.index(1)
TAPS_THINNED = 6


def held_out(piece, without=()):
    parts = piece["id"].split("/")
    if without and piece["src"] == "groove":
        return parts[1] in without
    group = {"groove": parts[1:2], "elbongosero": parts[1:3]}.get(piece["src"], parts)
    value = 0xCBF29CE484222325
    for byte in "/".join(group).encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value % 5 == 0


def rendered(notes, bpm):
    """Notes (beat, velocity 0 - 1) as onsets (second, strength), as beats.rs renders them."""
    onsets = []
    for at, velocity in sorted(notes):
        if at >= LONGEST:
            break
        at *= 60 / bpm
        if onsets and at - onsets[-1][0] < MERGE_S:
            onsets[-1][1] += velocity**2
        else:
            onsets.append([at, velocity**2])
    return np.array([(at, min(1, math.sqrt(energy) / 2)) for at, energy in onsets])


def corpus(path, without=()):
    """Kind, BPM, onsets, and the first beat's place in beats, of all that may be fitted to."""
    for line in gzip.open(path):
        piece = json.loads(line)
        if held_out(piece, without):
            continue
        chance, source, bpm = zlib.crc32(piece["id"].encode()), piece["src"], piece["bpm"]

        def notes(role):
            tracks = [track for track in piece["tracks"] if track["role"] == role]
            return sorted((n[0], n[3] / 127) for track in tracks for n in track["notes"])

        if source == "groove" and piece["ts"] == "4/4":
            hits = notes("drums")
            if hits and hits[-1][0] >= 15:
                yield "drums", bpm, rendered(hits, bpm), 0
        elif source == "elbongosero" and chance % TAPS_THINNED == 0:
            hits = notes("hand-percussion-tapped")
            if len(hits) >= 4:
                looped = [(at + 8 * time, v) for time in range(4) for at, v in hits]
                yield "taps", bpm, rendered(looped, bpm), 0.125
        elif source in ("nottingham", "openewld", "pop909"):
            sung, chords = notes("melody"), piece.get("chords") or []
            if piece["ts"] not in ("4/4", "1/4", "2/4", "2/2") or len(sung) < 24:
                continue
            if source == "pop909" and not chords:
                continue
            lead = chords[len(chords) // 2][0] % 1 if source == "pop909" else 0
            random, start = np.random.default_rng(chance), math.floor(sung[0][0])
            slips = [(at - start + 0.025 * random.normal() * bpm / 60, v) for at, v in sung if random.random() > 0.05]
            onsets = rendered(slips, bpm)
            if len(onsets) and onsets[-1][0] * bpm / 60 >= 24:
                yield "voice", bpm, onsets, lead


def plain():
    random = np.random.default_rng(5)
    for _ in range(300):
        bpm = math.exp(random.uniform(math.log(64), math.log(165)))
        slip_s, missed = random.choice([0, 0.008, 0.02]), random.choice([0, 0, 0.1, 0.2])
        soft, eighths = random.uniform(0.4, 0.7), random.random() < 0.75 or bpm >= 150
        onsets = [
            (at * 30 / bpm + slip_s * random.normal(), 0.8 if at % 2 == 0 else 0.8 * soft)
            for at in range(64)
            if (eighths or at % 2 == 0) and not (at and random.random() < missed)
        ]
        onsets = np.array(sorted(onsets))
        onsets[:, 0] -= min(0, onsets[0, 0])
        yield "plain", bpm, onsets, 0


def accents(onsets):
    usual, found = onsets[0, 1], []
    for strength in onsets[:, 1]:
        found.append(sum(strength > step * usual for step in ACCENT_STEPS))
        usual += (strength - usual) / MEMORY
    return np.array(found)


def around(beats, weight):
    """Weights at places, in beats, as cells around the bar."""
    cells, place = np.zeros(BAR), np.asarray(beats) * CELLS % BAR
    whole, part = np.floor(place).astype(int), place % 1
    np.add.at(cells, whole % BAR, weight * (1 - part))
    np.add.at(cells, (whole + 1) % BAR, weight * part)
    return cells


def window(onsets, accent, bpm, lead, start_s, end_s):
    """Onsets by accent and cell, beats passed by cell, and the first onset's beat, by ratio."""
    inside = (onsets[:, 0] >= start_s) & (onsets[:, 0] < end_s)
    beats, accent = onsets[inside, 0] * bpm / 60 - lead, accent[inside]
    counts = np.zeros((len(RATIOS), 3, BAR), np.float32)
    passed = np.zeros((len(RATIOS), BAR), np.float32)
    first = np.zeros(len(RATIOS), np.float32)
    for at, ratio in enumerate(RATIOS):
        if not SLOWEST <= bpm * ratio <= FASTEST:
            continue
        for k in range(3):
            counts[at, k] = around(beats[accent == k] * ratio, 1)
        begin, end = beats[0] * ratio, (end_s * bpm / 60 - lead) * ratio
        steps = max(1, int((end - begin) * CELLS))
        passed[at] = around(begin + (np.arange(steps) + 0.5) * (end - begin) / steps, (end - begin) / steps)
        first[at] = beats[0] * ratio
    return counts, passed, first


def windows(pieces):
    random, found = np.random.default_rng(1), []
    for kind, bpm, onsets, lead in pieces:
        accent, start_s, end_s = accents(onsets), onsets[0, 0], onsets[-1, 0]
        beat_s = 60 / bpm
        spans = [(start_s, beats, 1) for beats in (4, 8, 16, 32) if start_s + beats * beat_s <= end_s + beat_s]
        for beats in (8, 8, 16, 16):
            if kind != "taps" and end_s - beats * beat_s > start_s + beat_s:
                spans.append((random.uniform(start_s, end_s - beats * beat_s), beats, 0))
        for from_s, beats, begins in spans:
            to_s = from_s + beats * beat_s
            if ((onsets[:, 0] >= from_s) & (onsets[:, 0] < to_s)).sum() >= 4:
                found.append((kind, bpm, beats, begins, *window(onsets, accent, bpm, lead, from_s, to_s)))
    return found


def kernels():
    """`[blur][place][cell]`"""
    cell = torch.arange(BAR) / CELLS
    found = torch.zeros(BLURS, len(PLACES), BAR)
    for blur in range(BLURS):
        width = NARROWEST * BLUR_RATIO**blur
        for at, place in enumerate(PLACES):
            away = (cell - place + 2) % 4 - 2
            found[blur, at] = torch.exp(-0.5 * (away / width) ** 2) / (width * math.sqrt(2 * math.pi))
    return found


KERNELS = kernels()
SHIFTS = torch.arange(0, BAR, 2)
SHIFTED = (torch.arange(BAR)[:, None] - SHIFTS) % BAR
# Places of the beat, of twelve, that are right.
ON_BEAT = torch.tensor([True, True] + [False] * 9 + [True])


class Patterns(torch.nn.Module):
    def __init__(self, kinds, rates, share):
        super().__init__()
        every = len(kinds)
        constant = lambda value: torch.nn.Parameter(torch.full((every,), math.log(value)))
        self.kinds = kinds
        self.rates = torch.nn.Parameter(torch.tensor(np.maximum(rates, 0.003), dtype=torch.float32).log())
        self.share = torch.nn.Parameter(torch.tensor(share, dtype=torch.float32).log())
        self.bpm, self.spread, self.stray = constant(110), constant(0.3), constant(0.1)
        self.trust = torch.nn.Parameter(torch.tensor(math.log(0.5)))
        first = torch.zeros(every, 4, 6)
        first[:, :, 0] = math.log(6)
        self.first = torch.nn.Parameter(first.reshape(every, 24))

    def forward(self, bpm, begins, counts, passed, first):
        """How likely each `[window][ratio][shift][pattern]` is, as a logarithm."""
        rate = torch.einsum("kap,bpc->bkac", self.rates.exp(), KERNELS)
        rate = rate + (self.stray.exp() / 3)[:, None, None]
        trust = self.trust.exp()
        expected = (trust * rate[1].sum(1))[:, SHIFTED].permute(1, 2, 0).reshape(BAR, -1)
        beginning = torch.einsum("kp,pc->kc", self.first.exp(), KERNELS[2] / KERNELS[2].max())
        beginning = (1 + beginning).log()
        tempo = bpm[:, None] * torch.tensor(RATIOS)
        possible = (tempo >= SLOWEST) & (tempo <= FASTEST)
        wanted = torch.hypot(SLIP_S * tempo / 60, torch.tensor(SLIP_BEATS))
        blurs = ((wanted / NARROWEST).log() / math.log(BLUR_RATIO)).round().clamp(0, BLURS - 1)
        found = torch.full((*tempo.shape, len(SHIFTS), len(self.kinds)), -1e9)
        for blur in range(BLURS):
            here = possible & (blurs == blur)
            if not here.any():
                continue
            table = (trust * rate[blur].log())[:, :, SHIFTED].permute(1, 2, 3, 0).reshape(3 * BAR, -1)
            score = counts[here].reshape(-1, 3 * BAR) @ table - passed[here] @ expected
            score = score.reshape(-1, len(SHIFTS), len(self.kinds))
            pace = tempo[here].log()
            score = score + (trust * pace * counts[here].sum((1, 2)))[:, None, None]
            cell = (first[here][:, None] * CELLS - SHIFTS).round().long() % BAR
            is_first = begins[:, None].expand(tempo.shape)[here]
            score = score + is_first[:, None, None] * beginning.T[cell]
            usual = -0.5 * ((pace[:, None] - self.bpm) / self.spread.exp()) ** 2 - self.spread
            found[here] = score + (usual + self.share.log_softmax(0))[:, None, :]
        return found

    def loss(self, *batch):
        """How unlikely tempo and beat are, whatever the pattern and the beat of the bar."""
        score = self(*batch).logsumexp(3)
        score = score.reshape(*score.shape[:2], 4, 12).logsumexp(2)
        right = score[:, TRUE][:, ON_BEAT].logsumexp(1)
        return (score.flatten(1).logsumexp(1) - right).clamp(max=12).mean()


def mixtures(found):
    """Poisson rates a bar by expectation-maximisation, as `[pattern][accent][place]`."""
    cells = torch.arange(BAR)[:, None] / CELLS
    nearest = ((cells - torch.tensor(PLACES) + 2) % 4 - 2).abs().argmin(1)
    nearest = torch.nn.functional.one_hot(nearest, len(PLACES)).numpy()
    random, kinds, rates, shares = np.random.default_rng(0), [], [], []
    for kind, size in KINDS.items():
        seen = [w for w in found if w[0] == kind and w[3] and w[2] >= 8]
        counts = np.array([(w[4][TRUE] @ nearest).ravel() for w in seen])
        bars = np.array([w[2] / 4 for w in seen])
        best = (-np.inf,)
        for _ in range(3):
            start = random.choice(len(seen), size, replace=False)
            rate, share = (counts[start] + 0.3) / (bars[start, None] + 2), np.ones(size) / size
            for _ in range(40):
                fit = np.log(share) + (counts @ np.log(rate.T) - bars[:, None] * rate.sum(1)) / 2
                top = fit.max(1, keepdims=True)
                belongs = np.exp(fit - top)
                total = (top[:, 0] + np.log(belongs.sum(1))).sum()
                belongs /= belongs.sum(1, keepdims=True)
                rate = (belongs.T @ counts + 0.04) / (belongs.T @ bars + 2)[:, None]
                share = (belongs.sum(0) + 1) / (len(seen) + size)
            if total > best[0]:
                best = (total, rate, share)
        rate = best[1].reshape(size, 3, -1)
        if kind == "voice":
            # A score's velocities are not a singer's.
            rate = np.einsum("a,kp->kap", [0.25, 0.5, 0.25], rate.sum(1))
        kinds += [kind] * size
        rates.append(rate)
        shares.append(np.full(size, 0.05) if kind == "plain" else best[2] / 3)
    return kinds, np.concatenate(rates), np.concatenate(shares)


def fitted(found):
    torch.manual_seed(0)
    patterns = Patterns(*mixtures(found))
    random, kinds = np.random.default_rng(0), np.array([w[0] for w in found])
    pools = {kind: np.where(kinds == kind)[0] for kind in KINDS}
    columns = [torch.tensor(np.array([w[at] for w in found]), dtype=torch.float32) for at in (1, 3, 4, 5, 6)]
    before = [patterns.rates.detach().clone(), patterns.first.detach().clone()]
    voices = [at for at, kind in enumerate(patterns.kinds) if kind == "voice"]
    descent = torch.optim.Adam(patterns.parameters(), lr=RATE)
    for step in range(STEPS):
        for group in descent.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 20) * (1 + math.cos(math.pi * step / STEPS)) / 2
        batch = np.concatenate([random.choice(pools[k], int(384 * share)) for k, share in SAMPLED.items()])
        loss = patterns.loss(*(column[batch] for column in columns))
        moved = STAY * (patterns.rates - before[0]).square().mean()
        moved = moved + 0.001 * (patterns.first - before[1]).square().mean()
        descent.zero_grad()
        (loss + 24 * moved).backward()
        patterns.rates.grad[voices] = patterns.rates.grad[voices].mean(1, keepdim=True)
        descent.step()
        if step % 40 == 0:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
    print(f"trust {patterns.trust.exp().item():.3f}")
    return patterns


def written(patterns):
    percent = lambda values: (values.detach().exp() * 100).round().int()
    share = patterns.share.softmax(0)
    lines = ["#[rustfmt::skip]", f"pub(super) const PATTERNS: [Pattern; {len(share)}] = ["]
    for at, kind in enumerate(patterns.kinds):
        bpm, spread, stray = (values[at].exp().item() for values in (patterns.bpm, patterns.spread, patterns.stray))
        lines += [
            f"    // {kind}",
            "    Pattern {",
            f"        share: {share[at].item():.3f}, usual_bpm: {bpm:.1f}, spread: {spread:.3f}, stray: {stray:.3f},",
            f"        first: {percent(patterns.first[at]).reshape(4, 6).tolist()},",
            "        onsets: [",
            *(f"            {places.tolist()}," for places in percent(patterns.rates[at]).reshape(3, 4, 6)),
            "        ],",
            "    },",
        ]
    return "\n".join([*lines, "];", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--without", nargs="*", default=(), metavar="DRUMMER")
    args = parser.parse_args()
    found = windows([*corpus(args.corpus, args.without), *plain()])
    print({kind: sum(w[0] == kind for w in found) for kind in KINDS})
    with open(args.out, "w") as out:
        out.write(written(fitted(found)))


if __name__ == "__main__":
    main()
