use super::super::testing::{Host, catalogue};
use super::*;
use std::fs;

fn browser(root: &tempfile::TempDir) -> Browser {
    Browser::new(catalogue(), Ok(Folder::at(root.path())))
}

/// A browser of two presets of the user's beside the factory's; their places are the last.
fn with_two() -> (tempfile::TempDir, Browser) {
    let root = tempfile::tempdir().unwrap();
    for (name, values) in [
        ("Anna", "bend = 0.5\nbass_on = false"),
        ("Bert", "bend = 0.5"),
    ] {
        let text = format!("name = '{name}'\n[values]\n{values}\ngain = 30\n");
        fs::write(root.path().join(format!("{name}.toml")), text).unwrap();
    }
    let browser = browser(&root);
    (root, browser)
}

fn set(host: &mut Host) -> Vec<(String, String)> {
    std::mem::take(&mut host.set)
}

#[test]
fn choosing_one_sets_what_differs_and_nothing_that_presets_leave_alone() {
    let (_root, mut browser) = with_two();
    let mut host = Host::new();
    let place = browser.entries().len() - 2;
    browser.select(place, &mut host);
    let pair = |id: &str, value: &str| (id.to_owned(), value.to_owned());
    assert_eq!(
        set(&mut host),
        [pair("bass_on", "off"), pair("bend", "0.5")]
    );
    assert_eq!(host.values["gain"], "-7.5");
    assert_eq!((browser.current(), browser.name()), (Some(place), "Anna"));
    // What it does not name goes to its default.
    browser.select(place + 1, &mut host);
    assert_eq!(set(&mut host), [pair("bass_on", "on")]);
    browser.select(999, &mut host);
    assert_eq!(browser.name(), "Bert");
}

#[test]
fn a_value_that_is_still_on_its_way_is_set_again() {
    /// A host that takes its time.
    struct Slow(Host, Vec<(String, String)>);
    impl Desk for Slow {
        fn value(&self, id: &str) -> Option<String> {
            self.0.value(id)
        }
        fn set(&mut self, id: &str, value: &str) {
            self.1.push((id.to_owned(), value.to_owned()));
        }
    }
    let (_root, mut browser) = with_two();
    let mut slow = Slow(Host::new(), Vec::new());
    let place = browser.entries().len() - 2;
    browser.select(place, &mut slow);
    browser.select(place + 1, &mut slow);
    for (id, value) in std::mem::take(&mut slow.1) {
        slow.0.set(&id, &value);
    }
    assert_eq!(slow.0.values["bass_on"], "on");
    assert!(!browser.is_dirty(&slow));
}

#[test]
fn next_and_previous_go_round() {
    let (_root, mut browser) = with_two();
    let mut host = Host::new();
    let last = browser.entries().len() - 1;
    assert_eq!(browser.current(), None);
    browser.next(&mut host);
    assert_eq!(browser.current(), Some(0));
    browser.previous(&mut host);
    assert_eq!(browser.current(), Some(last));
    browser.next(&mut host);
    assert_eq!(browser.current(), Some(0));
    let seen: Vec<String> = (0..last)
        .map(|_| {
            browser.next(&mut host);
            browser.name().to_owned()
        })
        .collect();
    assert_eq!((seen.len(), seen.last().unwrap().as_str()), (last, "Bert"));
}

#[test]
fn what_was_changed_since_is_told_until_it_is_back() {
    let (_root, mut browser) = with_two();
    let mut host = Host::new();
    assert!(!browser.is_dirty(&host), "none is on");
    browser.previous(&mut host);
    assert!(!browser.is_dirty(&host));
    host.set("gain", "9");
    assert!(!browser.is_dirty(&host), "not a preset's");
    host.set("bass_low", "40");
    assert!(browser.is_dirty(&host));
    host.set("bass_low", "0");
    assert!(!browser.is_dirty(&host));
    host.set("bend", "1");
    let name = browser.name().to_owned();
    let mut reopened = browser;
    reopened.recall("Nobody has it");
    assert!(!reopened.is_dirty(&host) && reopened.current().is_none());
    reopened.recall(&name);
    assert!(reopened.is_dirty(&host), "a project's own values are kept");
}

#[test]
fn what_is_saved_is_all_that_a_preset_holds() {
    let root = tempfile::tempdir().unwrap();
    let mut browser = browser(&root);
    let mut host = Host::new();
    host.set("style", "slow-blues");
    let text = "name = 'Mine'\n[values]\nlater = 7\n";
    fs::write(root.path().join("Mine.toml"), text).unwrap();
    browser.refresh();
    let save = |browser: &mut Browser, name: &str, overwrite| {
        browser.save(name, "Blues", "Slow", overwrite, &host)
    };
    let refused = save(&mut browser, "mine", Overwrite::No);
    assert_eq!(refused, Err(PresetError::Exists("mine".to_owned())));
    save(&mut browser, "Mine", Overwrite::Yes).unwrap();
    let entry = &browser.entries()[browser.current().unwrap()];
    let values = &entry.preset.values;
    assert_eq!((values.len(), values["style"].as_str()), (7, "slow-blues"));
    assert_eq!(values["later"], "7", "another version's");
    assert!(!values.contains_key("gain") && !browser.is_dirty(&host));
    let first = browser.entries()[0].preset.name.clone();
    for name in [first.clone(), first.to_uppercase()] {
        let refused = save(&mut browser, &name, Overwrite::Yes);
        assert_eq!(refused, Err(PresetError::Factory(first.clone())));
    }
}

#[test]
fn the_user_s_are_renamed_and_deleted_and_come_back_and_the_factory_s_stay() {
    let (_root, mut browser) = with_two();
    let mut host = Host::new();
    browser.previous(&mut host);
    let place = browser.current().unwrap();
    browser.rename(place, "Aaron").unwrap();
    assert_eq!(
        (browser.current(), browser.name()),
        (Some(place - 1), "Aaron")
    );
    let first = browser.entries()[0].preset.name.clone();
    assert!(browser.rename(place, &first).is_err());
    assert!(browser.rename(0, "x").is_err() && browser.delete(0).is_err());
    assert!(browser.rename(999, "x").is_err() && browser.delete(999).is_err());
    browser.delete(place - 1).unwrap();
    assert_eq!((browser.current(), browser.name()), (None, "Aaron"));
    assert_eq!(
        (browser.entries().len(), browser.deleted()),
        (place, Some("Aaron"))
    );
    browser.undo_delete().unwrap();
    assert_eq!(
        (browser.current(), browser.deleted()),
        (Some(place - 1), None)
    );
    browser.undo_delete().unwrap();
}

#[test]
fn without_a_folder_there_are_the_factory_s() {
    let mut browser = Browser::new(catalogue(), Err(PresetError::NoFolder));
    assert_eq!(browser.entries().len(), 20);
    assert_eq!(browser.refused(), [PresetError::NoFolder.to_string()]);
    let saved = browser.save("x", "", "", Overwrite::No, &Host::new());
    assert_eq!(saved, Err(PresetError::NoFolder));
}
