//! No note is left sounding, whatever the host does.

use crate::bundles::{in_each_format, phrase};
use headless::{Action, Blocks, Heard, Host, Move, Note, Script, Transport, Value, play};

/// Samples in a block.
const BLOCK: i64 = 256;

/// A bounce of the phrase in short blocks.
fn bounce() -> Script {
    let (voice, rate) = phrase();
    Script::offline(rate, vec![voice]).blocks(Blocks::Fixed(BLOCK as usize))
}

/// The middle of the longest note, at the start of a block.
fn while_a_note_sounds(heard: &Heard) -> i64 {
    let notes = heard.notes();
    let ended = notes
        .iter()
        .filter_map(|note| Some((note.start, note.end?)));
    let (start, end) = ended
        .max_by_key(|(start, end)| end - start)
        .expect("the phrase has notes");
    assert!(
        end - start > 4 * BLOCK,
        "the longest note is too short to cut"
    );
    (start + end) / 2 / BLOCK * BLOCK
}

/// Plays `script` with `change` made where a note sounds, and checks that all
/// that sounded there is released within the next process call.
fn released_after(
    host: &mut dyn Host,
    what: &str,
    script: impl Fn() -> Script,
    change: impl Fn(Script, i64) -> Script,
) {
    let format = host.about().format;
    let at = while_a_note_sounds(&play(host, &script()).unwrap());
    let heard = play(host, &change(script(), at)).unwrap();
    let sounding = heard.sounding_at(at);
    assert!(
        !sounding.is_empty(),
        "{format}, {what}: nothing sounds at {at}"
    );
    let late: Vec<Note> = sounding
        .into_iter()
        .filter(|note| note.end.is_none_or(|end| end >= at + BLOCK))
        .collect();
    assert!(late.is_empty(), "{format}, {what} at {at}: {late:?}");
    let hanging = heard.hanging();
    assert!(hanging.is_empty(), "{format}, {what}: {hanging:?}");
}

#[test]
fn a_reset_releases_what_sounds() {
    in_each_format(|host| {
        released_after(host, "reset", bounce, |script, at| {
            script.act(at, Action::Reset)
        });
    });
}

#[test]
fn a_stop_releases_what_sounds() {
    in_each_format(|host| {
        released_after(host, "stop", bounce, |script, at| {
            script.act(at, Action::StopStart)
        });
    });
}

#[test]
fn a_deactivation_releases_what_sounds() {
    in_each_format(|host| {
        released_after(host, "deactivation", bounce, |script, at| {
            script.act(at, Action::Reactivate)
        });
    });
}

#[test]
fn bypass_releases_what_sounds_and_sends_nothing_more() {
    in_each_format(|host| {
        released_after(host, "bypass", bounce, |script, at| {
            script.set(at, "Bypass", Value::Normal(1.0))
        });
        let muted = bounce().set(0, "Bypass", Value::Normal(1.0));
        let heard = play(host, &muted).unwrap();
        assert_eq!(heard.notes(), [], "{}", host.about().format);
        heard.check_pass_through(&muted.input).unwrap();
    });
}

#[test]
fn a_jump_of_the_transport_releases_what_sounds() {
    let playing = || {
        let (voice, rate) = phrase();
        let end = voice.len() as i64 + rate as i64;
        bounce().transport(Transport::playing(120.0).then(end, Move::Stop))
    };
    in_each_format(|host| {
        released_after(host, "jump", playing, |mut script, at| {
            let transport = script.transport.take().unwrap();
            script.transport(transport.then(at, Move::Jump(64.0)))
        });
    });
}

#[test]
fn nothing_hangs_however_the_transport_moves() {
    in_each_format(|host| {
        let rate = bounce().rate;
        let at = |seconds: f64| (seconds * rate) as i64;
        let transport = Transport::playing(97.0)
            .then(at(0.5), Move::Stop)
            .then(at(0.9), Move::Play)
            .then(at(1.3), Move::Tempo(180.0))
            .then(at(1.6), Move::Meter(7, 8))
            .then(at(1.9), Move::Loop(Some((8.0, 9.0))))
            .then(at(2.0), Move::Jump(8.0))
            .then(at(5.0), Move::Stop);
        let heard = play(host, &bounce().transport(transport)).unwrap();
        assert!(!heard.notes().is_empty());
        assert_eq!(heard.hanging(), [], "{}", host.about().format);
    });
}

#[test]
fn an_instance_is_as_new_after_each_of_these() {
    in_each_format(|host| {
        let format = host.about().format;
        let plain = play(host, &bounce()).unwrap();
        let again = play(host, &bounce()).unwrap();
        assert_eq!(plain.events, again.events, "{format}: bounced again");
        let start = bounce().act(0, Action::Reset);
        let heard = play(host, &start).unwrap();
        assert_eq!(plain.events, heard.events, "{format}: reset at the start");
    });
}
