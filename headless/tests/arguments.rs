//! What the command says to numbers that no host would have. Neither file is looked at: a bad
//! argument is found before anything is opened.

use std::process::{Command, Output};

fn play(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_headless"))
        .args(["play", "/nowhere.clap", "/nowhere.wav"])
        .args(arguments)
        .output()
        .expect("the command runs")
}

#[test]
fn a_number_that_makes_no_sense_is_named_in_one_line() {
    for (argument, value) in [
        ("--tail", "nan"),
        ("--tail", "inf"),
        ("--tail", "-1"),
        ("--tail", "1e12"),
        ("--tail", "long"),
        ("--tempo", "0"),
        ("--tempo", "-120"),
        ("--tempo", "nan"),
        ("--tempo", "1e300"),
        ("--rate", "0"),
        ("--rate", "-48000"),
        ("--rate", "4294967295"),
        ("--block", "0"),
        ("--block", "-64"),
        ("--block", "99999999999"),
        ("--set", "Gain"),
    ] {
        let output = play(&[argument, value]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{argument} {value}: {said}");
        assert_eq!(said.lines().count(), 1, "{argument} {value}: {said}");
        assert!(said.starts_with("headless: "), "{said}");
        assert!(said.contains(argument) && said.contains(value), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn numbers_that_hosts_have_are_taken() {
    for arguments in [
        [
            "--tail", "0", "--tempo", "20", "--rate", "8000", "--block", "1",
        ],
        [
            "--tail", "60", "--tempo", "300", "--rate", "768000", "--block", "16384",
        ],
    ] {
        let output = play(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        // What fails then is the file.
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("/nowhere.wav"), "{said}");
    }
}

#[test]
fn help_is_no_error() {
    let output = play(&["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("--tail"));
}
