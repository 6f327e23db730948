//! What an incomplete installation does: the audio passes, and the user is
//! told what is missing.
//!
//! Each case runs in a process of its own, because ONNX Runtime is opened
//! once for a process. The process is this test program with [`CHILD`] set.

mod bundles;

use headless::{Script, play};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// Names the bundle that a child process plays into.
const CHILD: &str = "VOCALISE_FAULT_BUNDLE";
/// What the child says when all is well.
const PASSED: &str = "the audio passed";

/// Not a test of its own: what the child processes do.
#[test]
fn child() {
    let Some(bundle) = std::env::var_os(CHILD) else {
        return;
    };
    let (voice, rate) = bundles::phrase();
    let mut host = headless::open(Path::new(&bundle)).expect("the bundle opens");
    for script in [
        Script::offline(rate, vec![voice.clone(), voice.clone()]),
        Script {
            paced: false,
            ..Script::live(rate, vec![voice.clone()])
        },
    ] {
        let heard = play(host.as_mut(), &script).expect("the plugin runs");
        heard
            .check_pass_through(&script.input)
            .expect("the audio passes");
        assert_eq!(heard.hanging(), []);
        heard.log.iter().for_each(|line| println!("{line}"));
    }
    host.save_state().expect("a state");
    println!("{PASSED}");
}

/// Plays into `bundle` with an empty home and these variables.
fn play_in_child(bundle: &Path, variables: &[(&str, &OsStr)]) -> Output {
    let home = tempfile::tempdir().expect("a temporary folder");
    Command::new(std::env::current_exe().expect("this program has a path"))
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env_remove("VOCALISE_ONNXRUNTIME")
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .env(CHILD, bundle)
        .envs(variables.iter().copied())
        .output()
        .expect("this program runs")
}

fn assert_passed_and_told(output: &Output, place: &str) {
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains(PASSED), "{said}");
    assert!(
        said.contains("ONNX Runtime was not found"),
        "not told why: {said}"
    );
    assert!(
        said.contains(place),
        "not told where it was looked for ({place}): {said}"
    );
}

#[test]
fn a_runtime_that_is_not_where_it_is_said_to_be() {
    for bundle in [bundles::CLAP, bundles::VST3]
        .into_iter()
        .filter_map(bundles::bundle)
    {
        let nowhere = Path::new("/nowhere/libonnxruntime.so");
        let output = play_in_child(&bundle, &[("VOCALISE_ONNXRUNTIME", nowhere.as_os_str())]);
        assert_passed_and_told(&output, "/nowhere/libonnxruntime.so");
    }
}

#[test]
fn a_bundle_without_its_resources() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Some(clap) = bundles::bundle(bundles::CLAP) {
        let bare = folder.path().join("Vocalise.clap");
        std::fs::copy(&clap, &bare).expect("a copy");
        assert_passed_and_told(&play_in_child(&bare, &[]), "Vocalise.resources");
    }
    if let Some(vst3) = bundles::bundle(bundles::VST3) {
        let bare = folder.path().join("Vocalise.vst3");
        copy_without_resources(&vst3, &bare);
        assert_passed_and_told(&play_in_child(&bare, &[]), "Resources");
    }
}

fn copy_without_resources(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a bundle").flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "Resources" {
            continue;
        }
        if source.is_dir() {
            copy_without_resources(&source, &target);
        } else {
            std::fs::copy(&source, &target).expect("a copy");
        }
    }
}
