//! Which notes melodies have in a key, and which follow which.
//!
//! Measured on the training part of the corpus's melodies (Nottingham, OpenEWLD, POP909, the
//! chorales) whose key their chords leave in no doubt; `benches/musical_time/fit_keys.py` does it
//! again. On held-out melodies they find more keys than the profiles of Krumhansl and Kessler, of
//! Temperley and of Albrecht and Shanahan. All are parts in a thousand, counted in semitones above
//! the tonic; major first, then minor.

/// How much of the time a note sounds.
pub(super) const NOTES: [[u16; 12]; 2] = [
    [230, 2, 147, 3, 174, 77, 5, 192, 2, 104, 2, 62],
    [231, 3, 120, 160, 1, 142, 2, 193, 33, 12, 86, 16],
];

/// How often a note is the first of a tune.
pub(super) const FIRST_NOTES: [[u16; 12]; 2] = [
    [270, 1, 23, 4, 225, 12, 1, 425, 1, 31, 1, 7],
    [405, 2, 15, 126, 2, 28, 2, 402, 2, 2, 15, 2],
];

/// How often a note (second index) follows a note (first).
#[rustfmt::skip]
pub(super) const STEPS: [[[u16; 12]; 12]; 2] = [
    [
        [266, 1, 219, 1, 130, 20, 1, 111, 1, 103, 3, 146],
        [47, 73, 696, 19, 53, 12, 11, 7, 4, 39, 15, 25],
        [350, 6, 153, 4, 310, 31, 1, 71, 1, 23, 1, 49],
        [45, 9, 159, 58, 638, 41, 10, 20, 2, 6, 2, 8],
        [138, 1, 312, 6, 144, 179, 7, 173, 1, 30, 1, 8],
        [14, 1, 108, 2, 452, 99, 5, 235, 1, 71, 1, 13],
        [11, 1, 35, 4, 45, 77, 55, 690, 18, 40, 3, 20],
        [140, 1, 35, 1, 197, 143, 15, 234, 2, 205, 1, 27],
        [19, 9, 20, 3, 84, 29, 12, 208, 106, 457, 3, 51],
        [132, 1, 35, 1, 41, 48, 3, 410, 8, 150, 6, 166],
        [177, 8, 29, 3, 3, 17, 7, 55, 3, 464, 71, 165],
        [427, 1, 86, 1, 15, 5, 1, 102, 1, 267, 5, 89],
    ],
    [
        [344, 3, 167, 107, 1, 36, 1, 115, 10, 2, 179, 37],
        [576, 49, 85, 156, 8, 54, 8, 10, 8, 8, 25, 13],
        [371, 2, 194, 304, 2, 17, 1, 42, 3, 1, 51, 14],
        [135, 9, 300, 191, 1, 261, 1, 68, 11, 1, 23, 1],
        [24, 16, 65, 16, 199, 515, 16, 85, 16, 16, 16, 16],
        [28, 1, 47, 340, 4, 234, 1, 295, 11, 1, 37, 1],
        [9, 9, 21, 9, 9, 136, 49, 673, 25, 29, 22, 9],
        [117, 1, 19, 81, 1, 295, 9, 269, 81, 22, 103, 4],
        [39, 1, 8, 26, 1, 59, 1, 527, 177, 1, 157, 4],
        [28, 2, 2, 2, 2, 24, 2, 322, 21, 128, 369, 99],
        [308, 1, 25, 64, 1, 57, 1, 226, 76, 44, 194, 4],
        [557, 1, 68, 15, 1, 3, 1, 122, 4, 29, 26, 170],
    ],
];
