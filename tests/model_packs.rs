//! Packs that must be taken, and packs that must be refused whole, in one
//! sentence that names the role and the reason.

mod support;

use std::fs;
use std::path::Path;

use support::onnx::{self, Weight};
use support::*;
use vocalise::nn::{NnError, Pack, PackError, PitchModel, Role};

/// Loads a pack that must be refused and checks the form of the message.
fn refusal(folder: &Path) -> PackError {
    let error = match Pack::from_dir(folder) {
        Err(NnError::Pack(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the pack was taken"),
    };
    let message = error.to_string();
    println!("{message}");
    assert!(!message.contains('\n') && message.len() < 700, "{message}");
    error
}

#[test]
fn the_factory_pack_loads_from_the_program_and_from_its_folder() {
    let inside = Pack::factory().unwrap();
    let outside = Pack::from_dir(models()).unwrap();
    for pack in [&inside, &outside] {
        assert!(pack.models().any(|model| model.role() == Role::Pitch));
        assert_eq!(PitchModel::new(pack).unwrap().delay_frames(), 3);
    }
    assert_eq!(inside.info(), outside.info());
}

#[test]
fn a_pack_of_one_role_lies_over_the_factory_pack() {
    let model = onnx::model("Sigmoid", onnx::FLOAT, None);
    let folder = write_pack(small_manifest(), &model);
    let small = Pack::from_dir(folder.path()).unwrap();
    assert!(matches!(
        PitchModel::new(&small),
        Err(NnError::MissingRole {
            role: Role::Pitch,
            ..
        })
    ));
    let merged = small.over(&Pack::factory().unwrap());
    assert!(PitchModel::new(&merged).is_ok());
    assert!(merged.model(Role::Drums).is_ok());
    assert_eq!(merged.info().name, "Small");
}

#[test]
fn a_changed_file_is_refused_by_its_hash() {
    let mut pitch = factory_pitch();
    let middle = pitch.len() / 2;
    pitch[middle] ^= 1;
    let folder = write_pack(&factory_manifest(), &pitch);
    assert!(matches!(
        refusal(folder.path()),
        PackError::Hash {
            role: Role::Pitch,
            ..
        }
    ));

    let folder = write_pack(&factory_manifest(), &factory_pitch()[..middle]);
    assert!(matches!(
        refusal(folder.path()),
        PackError::Hash {
            role: Role::Pitch,
            ..
        }
    ));
}

#[test]
fn garbage_with_the_right_hash_is_refused_by_the_runtime() {
    let pitch = factory_pitch();
    let all_ones = vec![0xFF; 4096];
    for bytes in [
        &[][..],
        b"not a model",
        &pitch[..pitch.len() / 2],
        &pitch[..100],
        &all_ones,
    ] {
        let folder = write_pack(&manifest_for_any_hash(), bytes);
        let error = refusal(folder.path());
        assert!(
            matches!(
                error,
                PackError::Load {
                    role: Role::Pitch,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn flipped_bits_never_crash() {
    let pitch = factory_pitch();
    // The first bytes hold the graph's structure, where a change does most.
    for index in (0..2_000.min(pitch.len())).step_by(97) {
        let mut changed = pitch.clone();
        changed[index] ^= 0x55;
        let folder = write_pack(&manifest_for_any_hash(), &changed);
        if let Err(error) = Pack::from_dir(folder.path()) {
            assert!(!error.to_string().contains('\n'));
        }
    }
}

#[test]
fn tensors_that_are_not_as_listed_are_refused() {
    let manifest = manifest_for_any_hash();
    let changed = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(manifest.clone(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    };
    let cases = [
        // A wrong shape, consistently for a state and its next value.
        changed(&[("[2, 1, 256]", "[2, 1, 128]")]),
        // A wrong name, likewise.
        changed(&[("lstm_h", "memory")]),
        // One that is not there.
        changed(&[("[pitch.inputs]\n", "[pitch.inputs]\nextra = [1]\n")]),
        changed(&[("[pitch.outputs]\n", "[pitch.outputs]\nextra = [1]\n")]),
        // One that is there and not listed.
        changed(&[
            ("lstm_h = [2, 1, 256]\n", ""),
            ("lstm_h_next = [2, 1, 256]\n", ""),
        ]),
    ];
    for manifest in cases {
        let folder = write_pack(&manifest, &factory_pitch());
        let error = refusal(folder.path());
        assert!(
            matches!(
                error,
                PackError::Tensor {
                    role: Role::Pitch,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn other_number_types_are_refused() {
    let folder = write_pack(small_manifest(), &onnx::model("Abs", onnx::INT64, None));
    let message = refusal(folder.path()).to_string();
    assert!(
        message.contains("drums") && message.contains("32-bit floats"),
        "{message}"
    );
}

#[test]
fn values_that_are_not_finite_are_found_by_the_trial_run() {
    let model = onnx::model("Log", onnx::FLOAT, None);
    let folder = write_pack(small_manifest(), &model);
    let error = refusal(folder.path());
    assert!(
        matches!(
            error,
            PackError::DryRun {
                role: Role::Drums,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn weights_in_other_files_are_not_read() {
    let inside = onnx::model("Add", onnx::FLOAT, Some(Weight::Inside(0.5)));
    let folder = write_pack(small_manifest(), &inside);
    Pack::from_dir(folder.path()).unwrap();

    // The file lies where a model would find it by default: in the pack, and
    // in the working directory.
    let weights = "external-weights-of-a-test.bin";
    let outside = onnx::model("Add", onnx::FLOAT, Some(Weight::InFile(weights)));
    let folder = write_pack(small_manifest(), &outside);
    let here = Path::new(weights);
    fs::write(folder.path().join(weights), 0.5_f32.to_le_bytes()).unwrap();
    fs::write(here, 0.5_f32.to_le_bytes()).unwrap();
    let result = Pack::from_dir(folder.path());
    fs::remove_file(here).unwrap();
    let error = result.expect_err("weights were read from another file");
    assert!(
        matches!(error, NnError::Pack(PackError::Load { .. })),
        "{error}"
    );
}

#[test]
fn missing_large_and_odd_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::Unreadable { .. }
    ));
    assert!(matches!(
        refusal(&folder.path().join("absent")),
        PackError::Unreadable { .. }
    ));

    let manifest = folder.path().join("pack.toml");
    fs::create_dir(&manifest).unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::Unreadable { .. }
    ));
    fs::remove_dir(&manifest).unwrap();
    fs::write(&manifest, vec![b'#'; 100 << 10]).unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::Unreadable { .. }
    ));
    fs::write(&manifest, [0xFF, 0xFE, 0x00]).unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::Unreadable { .. }
    ));

    fs::write(&manifest, factory_manifest()).unwrap();
    let pitch = folder.path().join("pitch.onnx");
    assert!(matches!(
        refusal(folder.path()),
        PackError::File {
            role: Role::Pitch,
            ..
        }
    ));
    // Sparse: it takes no room on the disk.
    fs::File::create(&pitch)
        .unwrap()
        .set_len(300 << 20)
        .unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::File {
            role: Role::Pitch,
            ..
        }
    ));
    fs::remove_file(&pitch).unwrap();
    fs::create_dir(&pitch).unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::File {
            role: Role::Pitch,
            ..
        }
    ));
}

#[cfg(unix)]
#[test]
fn a_device_in_place_of_a_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.toml"), factory_manifest()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("pitch.onnx")).unwrap();
    assert!(matches!(
        refusal(folder.path()),
        PackError::File {
            role: Role::Pitch,
            ..
        }
    ));
}

#[test]
fn values_that_are_not_finite_go_in_and_never_come_out() {
    let pack = Pack::factory().unwrap();
    let silence = [0.0; 256];
    let mut model = PitchModel::new(&pack).unwrap();
    let expected = model.run(&silence).unwrap().clone();
    for (count, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY]
        .into_iter()
        .enumerate()
    {
        let mut frame = silence;
        frame[200] = bad;
        let output = model.run(&frame).unwrap();
        assert_eq!(output, &vocalise::nn::PitchOutput::UNVOICED);
        assert_eq!(model.faults(), count as u64 + 1);
        // And the next frame is that of a new beginning.
        assert_eq!(model.run(&silence).unwrap(), &expected);
    }
    // Finite, but enough to overflow on the way.
    let output = model.run(&[f32::MAX; 256]).unwrap().clone();
    let finite = |values: &[f32]| values.iter().all(|value| (0.0..=1.0).contains(value));
    assert!(finite(&output.pitch) && finite(&output.fine) && finite(&[output.voicing]));
    assert!(finite(&model.run(&silence).unwrap().pitch));
}
