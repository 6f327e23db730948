use super::*;
use crate::music::{Division, Genre, Instrument, Track};
use crate::presets::{factory, scope};
use nih_plug::context::PluginApi;
use nih_plug::context::gui::GuiContextInner;
use nih_plug::prelude::PluginState;
use parking_lot::Mutex;
use std::collections::BTreeSet;

/// Parameters by which two factory presets differ at least.
const APART: usize = 8;

fn param_ids() -> Vec<String> {
    let params = VocaliseParams::default();
    params.param_map().into_iter().map(|(id, ..)| id).collect()
}

#[test]
fn every_parameter_is_held_or_left_alone_for_a_reason() {
    let ids = param_ids();
    for id in &ids {
        let held = catalogue().get(id).is_some();
        assert_eq!(held, scope::reason(id).is_none(), "{id}");
    }
    for (listed, _) in scope::LEFT_ALONE {
        let meant: Vec<String> = match listed.strip_prefix('*') {
            Some(own) => Track::ALL
                .map(|track| format!("{}{own}", track.id()))
                .into(),
            None => vec![listed.to_owned()],
        };
        for id in meant {
            assert!(ids.contains(&id), "there is no parameter {id}");
        }
    }
}

#[test]
fn what_can_be_is_told_by_the_parameters_themselves() {
    let values = |id: &str| catalogue().get(id).unwrap().values.clone();
    assert_eq!(values("bend"), Values::Number(0.0..=1.0));
    assert_eq!(values("hold_gaps"), Values::Number(0.0..=300.0));
    assert_eq!(values("seed"), Values::Whole(0..=99));
    assert_eq!(values("bass_octave"), Values::Whole(-3..=3));
    assert_eq!(values("bass_low"), Values::Key(0..=127));
    assert_eq!(values("bass_on"), Values::Switch);
    let Values::Choice(genres) = values("genre") else {
        panic!("a genre is a choice")
    };
    let wanted = Genre::ALL.map(|genre| Choice {
        id: genre.id().to_owned(),
        name: genre.name().to_owned(),
    });
    assert_eq!(genres, wanted);
    let by_default = ParamsById::new(Arc::default());
    for parameter in catalogue().parameters() {
        assert_eq!(
            by_default.value(&parameter.id).as_ref(),
            Some(&parameter.default)
        );
        assert_eq!(
            parameter.read(&parameter.default).as_ref(),
            Ok(&parameter.default)
        );
    }
}

#[test]
fn the_factory_has_twenty_presets_that_sound_different() {
    let presets = factory(catalogue());
    assert_eq!(presets.len(), 20, "each is read");
    let names: BTreeSet<String> = presets
        .iter()
        .map(|preset| preset.name.to_lowercase())
        .collect();
    assert_eq!(names.len(), presets.len());
    let mut genres = BTreeSet::new();
    let mut instruments = BTreeSet::new();
    for preset in &presets {
        let name = &preset.name;
        assert_eq!(preset.unknown(catalogue()).count(), 0, "{name}");
        assert!(
            !preset.category.is_empty() && !preset.about.is_empty(),
            "{name}"
        );
        for (id, value) in &preset.values {
            let parameter = catalogue().get(id).unwrap();
            assert_eq!(parameter.read(value).as_ref(), Ok(value), "{name}");
        }
        let all = catalogue().all_of(preset);
        genres.insert(all["genre"].clone());
        instruments.insert(all["instrument"].clone());
    }
    assert_eq!(genres.len(), Genre::ALL.len(), "every genre is used");
    assert!(instruments.len() >= 14, "{instruments:?}");
    for (at, one) in presets.iter().enumerate() {
        for other in &presets[..at] {
            let (one_all, other_all) = (catalogue().all_of(one), catalogue().all_of(other));
            let apart = one_all
                .iter()
                .filter(|(id, value)| other_all[*id] != **value)
                .count();
            assert!(apart >= APART, "{} and {}: {apart}", one.name, other.name);
        }
    }
    let by = |id: &str, is: &str| {
        let has = |preset: &&Preset| catalogue().all_of(preset)[id] == is;
        presets.iter().filter(has).count()
    };
    for (id, is) in [
        ("answer_on", "on"),
        ("counter_on", "on"),
        ("drums_on", "off"),
    ] {
        assert!(by(id, is) >= 3, "{id} = {is}");
    }
    for (id, usual) in [
        ("quantise", "off"),
        ("snap", "off"),
        ("swing", "1"),
        ("bend", "0"),
    ] {
        assert!((3..=17).contains(&by(id, usual)), "{id}");
    }
}

#[test]
fn a_preset_is_what_a_recording_is_rendered_with() {
    let mut preset = Preset::named("x", "", "").unwrap();
    for (id, value) in [
        ("genre", "jazz"),
        ("instrument", "auto"),
        ("quantise", "1/8t"),
        ("bend", "0.7"),
        ("bass_on", "off"),
        ("bass_low", "30"),
        ("seed", "42"),
        ("gain", "12"),
        ("nonsense", "1"),
    ] {
        preset.values.insert(id.to_owned(), value.to_owned());
    }
    let settings = settings(&preset);
    assert_eq!(
        (settings.genre, settings.timing.genre),
        (Genre::Jazz, Genre::Jazz)
    );
    assert_eq!(settings.tracks.instrument.instrument(), None);
    assert_eq!(settings.timing.quantise, Division::EighthTriplet);
    assert!((settings.performance.bend - 0.7).abs() < 1e-6);
    let bass = settings.tracks.of(Track::Bass);
    assert_eq!(
        (bass.on, bass.lowest, settings.answers.seed),
        (false, 30, 42)
    );
    assert_eq!(settings.gain_db, 0.0, "left alone");
    let plain = super::settings(&Preset::named("x", "", "").unwrap());
    assert_eq!(plain, Settings::default());
    assert_eq!(plain.instrument(), Instrument::Piano);
}

/// A host that writes down what reaches it.
#[derive(Default)]
struct Heard(Mutex<Vec<(&'static str, ParamPtr)>>);

impl GuiContextInner for Heard {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        self.0.lock().push(("begin", param));
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        self.0.lock().push(("set", param));
        // SAFETY: the test's parameters live.
        unsafe { param._internal_set_normalized_value(normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        self.0.lock().push(("end", param));
    }

    fn get_state(&self) -> PluginState {
        unimplemented!()
    }

    fn set_state(&self, _: PluginState) {
        unimplemented!()
    }

    fn request_restart(&self) {
        unimplemented!()
    }
}

#[test]
fn every_factory_preset_reaches_the_host_as_whole_gestures_and_reads_back() {
    use crate::presets::{Browser, PresetError};
    let params = Arc::new(VocaliseParams::default());
    let by_id = ParamsById::new(params.clone());
    let left: Vec<String> = param_ids()
        .into_iter()
        .filter(|id| scope::reason(id).is_some())
        .collect();
    let host = Heard::default();
    let setter = ParamSetter::new(&host);
    let mut desk = HostDesk {
        params: &by_id,
        setter: &setter,
    };
    let untouched: Vec<_> = left.iter().map(|id| by_id.value(id)).collect();
    let mut browser = Browser::new(catalogue().clone(), Err(PresetError::NoFolder));
    for _ in 0..=browser.entries().len() {
        browser.next(&mut desk);
        assert!(!browser.is_dirty(&desk), "{}", browser.name());
        let told = std::mem::take(&mut *host.0.lock());
        assert!(!told.is_empty() && told.len() % 3 == 0);
        for gesture in told.chunks(3) {
            assert_eq!(
                [gesture[0].0, gesture[1].0, gesture[2].0],
                ["begin", "set", "end"]
            );
            assert!(gesture.iter().all(|(_, param)| *param == gesture[0].1));
        }
    }
    assert_eq!(
        left.iter().map(|id| by_id.value(id)).collect::<Vec<_>>(),
        untouched
    );
    // What presets leave alone cannot be set by one at all.
    desk.set("gain", "12");
    desk.set("bypass", "on");
    desk.set("bend", "2");
    assert!(host.0.lock().is_empty());
}
