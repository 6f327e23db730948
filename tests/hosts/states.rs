//! Projects are saved and opened again.

use crate::bundles::in_each_format;
use headless::{Action, Host, Script, Value, find_param, play};

/// Sets parameters away from their defaults while the plugin is not active.
fn change_parameters(host: &mut dyn Host) {
    for (name, value) in [
        ("Genre", "Jazz"),
        ("Instrument", "Trumpet"),
        ("Response", "Fast"),
        ("Input Gain", "-7.5"),
        ("Gate", "-50"),
        ("Bend", "0.75"),
        ("Bend Range", "12 st"),
        ("Output", "Melody"),
        ("Hold Gaps", "40"),
        ("Lowest Note", "C3"),
    ] {
        let params = host.params().unwrap();
        let param = find_param(&params, name).unwrap();
        let value = headless::resolve_value(host, param, &Value::from(value)).unwrap();
        host.set(param.id, value).unwrap();
    }
}

fn texts(host: &mut dyn Host) -> Vec<(String, String)> {
    let params = host.params().unwrap();
    params
        .into_iter()
        .map(|param| (param.name, param.text))
        .collect()
}

#[test]
fn a_saved_state_is_restored_and_saves_the_same_bytes() {
    let mut saved = Vec::new();
    in_each_format(|host| {
        change_parameters(host);
        let state = host.save_state().unwrap();
        assert_eq!(state, host.save_state().unwrap(), "saved twice");
        saved.push((host.about().format, state, texts(host)));
    });
    let mut saved = saved.into_iter();
    in_each_format(|host| {
        let (format, state, wanted) = saved.next().unwrap();
        assert_ne!(
            texts(host),
            wanted,
            "{format}: a new instance is as it was left"
        );
        host.load_state(&state).unwrap();
        assert_eq!(texts(host), wanted, "{format}");
        assert_eq!(host.save_state().unwrap(), state, "{format}: saved again");
    });
}

#[test]
fn a_state_can_be_saved_and_restored_while_the_plugin_runs() {
    in_each_format(|host| {
        let format = host.about().format;
        let silence = vec![vec![0.0; 48_000]];
        let first = Script::offline(48_000.0, silence.clone())
            .set(100, "Genre", "Rock".into())
            .act(20_000, Action::SaveState);
        let state = play(host, &first).unwrap().states.remove(0).1;
        let second = Script::offline(48_000.0, silence)
            .set(100, "Genre", "Classical".into())
            .act(20_000, Action::LoadState(state.clone()))
            .act(40_000, Action::SaveState);
        let heard = play(host, &second).unwrap();
        assert!(heard.refused.is_empty(), "{format}: {:?}", heard.refused);
        assert_eq!(heard.states[0].1, state, "{format}");
        let params = host.params().unwrap();
        assert_eq!(
            find_param(&params, "Genre").unwrap().text,
            "Rock",
            "{format}"
        );
    });
}

/// `state` as a version saved it that had no parameters but `known`.
fn older(state: &[u8], known: &[&str]) -> Vec<u8> {
    let start = state.iter().position(|byte| *byte == b'{').unwrap();
    let mut values = serde_json::Deserializer::from_slice(&state[start..]).into_iter();
    let mut json: serde_json::Value = values.next().unwrap().unwrap();
    let params = json["params"].as_object_mut().unwrap();
    params.retain(|id, _| known.contains(&id.as_str()));
    let json = json.to_string().into_bytes();
    let mut bytes = state[..start].to_vec();
    // What stands before it is its length.
    if let Some(length) = bytes.last_chunk_mut::<8>() {
        *length = (json.len() as u64).to_le_bytes();
    }
    bytes.extend(json);
    bytes
}

#[test]
fn the_state_of_an_older_version_keeps_its_values_and_the_defaults_of_the_rest() {
    in_each_format(|host| {
        let format = host.about().format;
        let defaults = texts(host);
        change_parameters(host);
        let changed = texts(host);
        let old = ["genre", "instrument", "response", "gain", "gate", "bypass"];
        let state = older(&host.save_state().unwrap(), &old);
        host.load_state(&state).unwrap();
        for ((now, default), changed) in texts(host).into_iter().zip(defaults).zip(changed) {
            let known = old.contains(&now.0.to_lowercase().trim_start_matches("input "));
            let wanted = if known { changed } else { default };
            assert_eq!(now, wanted, "{format}");
        }
    });
}

#[test]
fn a_broken_state_is_refused_and_changes_nothing() {
    in_each_format(|host| {
        let format = host.about().format;
        change_parameters(host);
        let good = host.save_state().unwrap();
        let mut noise = vec![0u8; 4_000];
        let mut state = 1u32;
        for byte in &mut noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (state >> 24) as u8;
        }
        let mut broken = vec![
            ("empty", Vec::new()),
            ("noise", noise),
            ("cut in half", good[..good.len() / 2].to_vec()),
            ("a length beyond all memory", vec![0xff; 16]),
        ];
        let mut garbled = good.clone();
        let middle = garbled.len() / 2;
        garbled[middle..middle + 8].fill(b'\0');
        broken.push(("garbled", garbled));
        for (what, bytes) in broken {
            assert!(
                host.load_state(&bytes).is_err(),
                "{format}: {what} was taken"
            );
            assert_eq!(host.save_state().unwrap(), good, "{format}: after {what}");
        }
        let input = vec![vec![0.25; 4_800]; 2];
        let heard = play(host, &Script::offline(48_000.0, input.clone())).unwrap();
        heard.check_pass_through(&input).unwrap();
    });
}
