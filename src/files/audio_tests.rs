//! Every width of sample reads to the same sound, and every kind of broken file has its sentence.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

/// A WAV file: the format tag (1 integer, 3 float), bits a sample, channels, rate, sample bytes.
fn wav(tag: u16, bits: u16, channels: u16, rate: u32, data: &[u8]) -> Vec<u8> {
    let frame = channels.wrapping_mul(bits / 8);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend([tag.to_le_bytes(), channels.to_le_bytes()].concat());
    file.extend(
        [
            rate.to_le_bytes(),
            rate.wrapping_mul(frame.into()).to_le_bytes(),
        ]
        .concat(),
    );
    file.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A ramp from −1 up to just below 1, which every width can say exactly enough.
fn ramp() -> Vec<f64> {
    (0..3_000).map(|i| f64::from(i) / 1_500.0 - 1.0).collect()
}

fn read_bytes(extension: &str, bytes: &[u8]) -> Result<Recording, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("file.{extension}"));
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "data", name]
        .iter()
        .collect()
}

#[test]
fn every_width_of_wav_is_the_same_sound() {
    let scaled = |scale: f64| ramp().into_iter().map(move |x| (x * scale) as i64);
    let data: [(u16, u16, Vec<u8>); 6] = [
        (1, 8, scaled(128.0).map(|x| (x + 128) as u8).collect()),
        (
            1,
            16,
            scaled(32_768.0)
                .flat_map(|x| (x as i16).to_le_bytes())
                .collect(),
        ),
        (
            1,
            24,
            scaled(8_388_608.0)
                .flat_map(|x| (x as i32).to_le_bytes()[..3].to_vec())
                .collect(),
        ),
        (
            1,
            32,
            scaled(2_147_483_648.0)
                .flat_map(|x| (x as i32).to_le_bytes())
                .collect(),
        ),
        (
            3,
            32,
            ramp()
                .into_iter()
                .flat_map(|x| (x as f32).to_le_bytes())
                .collect(),
        ),
        (
            3,
            64,
            ramp().into_iter().flat_map(f64::to_le_bytes).collect(),
        ),
    ];
    for (tag, bits, data) in data {
        let recording = read_bytes("wav", &wav(tag, bits, 1, 44_100, &data)).unwrap();
        assert_eq!(recording.sample_rate, 44_100);
        assert_eq!(recording.warnings, []);
        assert_eq!(recording.channels.len(), 1);
        assert_eq!(recording.channels[0].len(), 3_000);
        let step = if bits == 8 {
            1.0 / 128.0
        } else {
            1.0 / 32_768.0
        };
        for (read, meant) in recording.channels[0].iter().zip(ramp()) {
            assert!(
                (f64::from(*read) - meant).abs() <= step,
                "{bits} bits: {read} for {meant}"
            );
        }
    }
}

#[test]
fn channels_come_apart_in_order() {
    let data: Vec<u8> = [1_i16, -1, 2, -2, 3, -3]
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    let recording = read_bytes("wav", &wav(1, 16, 2, 48_000, &data)).unwrap();
    let unit = 1.0 / 32_768.0;
    assert_eq!(recording.channels[0], [unit, 2.0 * unit, 3.0 * unit]);
    assert_eq!(recording.channels[1], [-unit, -2.0 * unit, -3.0 * unit]);
    assert_eq!(recording.duration_s(), 3.0 / 48_000.0);
}

#[test]
fn flac_and_mp3_hold_the_tone_that_was_put_in() {
    for name in ["a4.flac", "a4.mp3"] {
        let recording = read(&fixture(name)).unwrap();
        assert_eq!(recording.warnings, [], "{name}");
        assert_eq!(
            (recording.sample_rate, recording.channels.len()),
            (44_100, 1),
            "{name}"
        );
        let tone = &recording.channels[0];
        assert!(
            (tone.len() as i64 - 22_050).abs() <= 1_152,
            "{name}: {} samples",
            tone.len()
        );
        let rises = tone
            .windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count();
        assert!(
            (218..=222).contains(&rises),
            "{name}: {rises} periods of 440 Hz in half a second"
        );
        let loudest = tone.iter().fold(0.0_f32, |loudest, x| loudest.max(x.abs()));
        assert!((0.3..0.45).contains(&loudest), "{name}: peak {loudest}");
    }
}

#[test]
fn a_file_cut_off_keeps_what_there_is_and_says_so() {
    let data: Vec<u8> = (0..40_000_i32)
        .flat_map(|x| (x as i16).to_le_bytes())
        .collect();
    let whole = wav(1, 16, 1, 8_000, &data);
    let mut flac = std::fs::read(fixture("a4.flac")).unwrap();
    flac.truncate(flac.len() / 2);
    let mut mp3 = std::fs::read(fixture("a4.mp3")).unwrap();
    mp3.truncate(mp3.len() / 2);
    for (extension, bytes, frames) in [
        ("wav", &whole[..44 + 40_000], 20_000),
        ("flac", &flac, 11_025),
        ("mp3", &mp3, 11_025),
    ] {
        let recording = read_bytes(extension, bytes).unwrap();
        let kept = recording.channels[0].len();
        assert!(
            kept > frames / 2 && kept <= frames + 2_304,
            "{extension}: {kept}"
        );
        assert!(
            matches!(recording.warnings[..], [Warning::CutOff { .. }]),
            "{extension}: {:?}",
            recording.warnings
        );
    }
}

#[test]
fn a_damaged_stretch_becomes_silence_of_its_length() {
    let mut flac = std::fs::read(fixture("a4.flac")).unwrap();
    let middle = flac.len() / 2;
    for byte in &mut flac[middle..middle + 40] {
        *byte = 0x55;
    }
    let recording = read_bytes("flac", &flac).unwrap();
    assert!(!recording.warnings.is_empty());
    assert!(recording.channels[0].iter().all(|x| x.is_finite()));
}

#[test]
fn what_is_no_recording_says_what_to_do() {
    let told = |extension: &str, bytes: &[u8]| read_bytes(extension, bytes).unwrap_err();
    assert!(matches!(
        read(&fixture("absent.wav")),
        Err(ReadError::Open(_))
    ));
    assert!(matches!(read(&fixture(".")), Err(ReadError::Open(_))));
    assert!(matches!(told("wav", b""), ReadError::Empty));
    assert!(matches!(
        told("wav", &wav(1, 16, 1, 44_100, b"")),
        ReadError::Empty
    ));
    assert!(matches!(
        told("wav", b"Dear diary, today I sang."),
        ReadError::NotAudio
    ));
    assert!(matches!(told("mp3", &[0x20; 4_000]), ReadError::NotAudio));
    assert!(matches!(
        told("wav", &wav(1, 16, 9, 44_100, &[0; 180])),
        ReadError::TooManyChannels(9)
    ));
    assert!(matches!(
        told("wav", &wav(1, 16, 1, 12, &[0; 180])),
        ReadError::SampleRate(12)
    ));
    assert!(matches!(
        told("wav", &wav(0x161, 16, 1, 44_100, &[0; 180])),
        ReadError::Unsupported(_)
    ));
    let header_only = &wav(1, 16, 1, 44_100, &[0; 180])[..30];
    assert!(matches!(told("wav", header_only), ReadError::Damaged(_)));
}

#[test]
fn not_a_number_is_handed_on() {
    let data: Vec<u8> = [f32::NAN, f32::INFINITY, 0.5]
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    let recording = read_bytes("wav", &wav(3, 32, 1, 48_000, &data)).unwrap();
    assert!(recording.channels[0][0].is_nan());
    assert_eq!(recording.channels[0][1..], [f32::INFINITY, 0.5]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_header_does_harm(tag: u16, bits: u16, channels in 0_u16..20, rate: u32) {
        let _ = read_bytes("wav", &wav(tag, bits, channels, rate, &[1; 64]));
        let _ = read_bytes("wav", &wav(1, bits, channels, 44_100, &[1; 64]));
        let _ = read_bytes("wav", &wav(1, 16, channels, rate, &[1; 64]));
    }

    #[test]
    fn no_damage_does_harm(place in 0_usize..2_000, bytes in prop::collection::vec(any::<u8>(), 1..20)) {
        for name in ["a4.flac", "a4.mp3"] {
            let mut file = std::fs::read(fixture(name)).unwrap();
            let place = place % (file.len() - bytes.len());
            file[place..place + bytes.len()].copy_from_slice(&bytes);
            if let Ok(recording) = read_bytes("bin", &file) {
                prop_assert!(recording.frames() > 0);
                prop_assert!(recording.channels.iter().all(|channel| channel.len() == recording.frames()));
            }
        }
    }
}
