use super::super::preset::LARGEST;
use super::super::testing::catalogue;
use super::*;

fn preset(name: &str, bend: &str) -> Preset {
    let mut preset = Preset::named(name, "Mine", "").unwrap();
    preset.values.insert("bend".to_owned(), bend.to_owned());
    preset
}

fn names(folder: &Folder) -> Vec<String> {
    let presets = folder.list(&catalogue()).presets.into_iter();
    presets.map(|stored| stored.preset.name).collect()
}

/// Every file below `path`, by name.
fn files(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_folder_that_is_not_there_is_empty_and_comes_with_the_first_preset() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path().join("a/presets"));
    assert_eq!(folder.list(&catalogue()), Listing::default());
    let stored = folder
        .save(&preset("R&B / late", "0.5"), &catalogue(), Overwrite::No)
        .unwrap();
    assert_eq!(stored.path, folder.path().join("R&B - late.toml"));
    assert_eq!(folder.list(&catalogue()).presets, [stored]);
    assert_eq!(
        files(folder.path()),
        ["R&B - late.toml"],
        "nothing else is left"
    );
}

#[test]
fn nothing_is_overwritten_unless_the_user_says_so() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    let save = |name, bend, overwrite| folder.save(&preset(name, bend), &catalogue(), overwrite);
    let first = save("Blue", "0.1", Overwrite::No).unwrap();
    let told = save("BLUE", "0.2", Overwrite::No).unwrap_err();
    assert_eq!(told, PresetError::Exists("BLUE".to_owned()));
    assert_eq!(folder.list(&catalogue()).presets, [first]);
    save("BLUE", "0.2", Overwrite::Yes).unwrap();
    assert_eq!(names(&folder), ["BLUE"]);
    // Another name that makes the same file has its own.
    save("A/B", "0", Overwrite::No).unwrap();
    save("A:B", "0", Overwrite::No).unwrap();
    fs::write(root.path().join("c.toml"), "not a preset").unwrap();
    save("C", "0", Overwrite::Yes).unwrap();
    let wanted = ["A-B 2.toml", "A-B.toml", "Blue.toml", "C 2.toml", "c.toml"];
    assert_eq!(files(root.path()), wanted);
    assert_eq!(
        fs::read_to_string(root.path().join("c.toml")).unwrap(),
        "not a preset"
    );
}

#[test]
fn what_cannot_be_in_a_file_is_not_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    let mut hostile = preset("x", "0");
    hostile.name = "a\nb".to_owned();
    assert!(folder.save(&hostile, &catalogue(), Overwrite::No).is_err());
    assert!(
        folder
            .save(&preset("x", "7"), &catalogue(), Overwrite::No)
            .is_err()
    );
    assert!(
        folder
            .save(&preset("//", "0"), &catalogue(), Overwrite::No)
            .is_err()
    );
    assert!(files(root.path()).is_empty());
}

#[test]
fn a_renamed_preset_keeps_its_comments() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    let text = "# Mine.\n  name = 'Old'  # its name\n[values]\nbend = 0.5 # half\n";
    fs::write(root.path().join("whatever.toml"), text).unwrap();
    let stored = folder.list(&catalogue()).presets.remove(0);
    let stored = folder.rename(&stored, "New \"one\"", &catalogue()).unwrap();
    assert_eq!(files(root.path()), ["New -one.toml"]);
    let text = fs::read_to_string(&stored.path).unwrap();
    assert!(
        text.starts_with("# Mine.\nname = ") && text.ends_with("bend = 0.5 # half\n"),
        "{text}"
    );
    assert_eq!(
        folder.list(&catalogue()).presets,
        std::slice::from_ref(&stored)
    );
    let stored = folder.rename(&stored, "new ONE", &catalogue()).unwrap();
    assert_eq!(names(&folder), ["new ONE"]);
    folder
        .save(&preset("Other", "0"), &catalogue(), Overwrite::No)
        .unwrap();
    let told = folder.rename(&stored, "other", &catalogue()).unwrap_err();
    assert_eq!(told, PresetError::Exists("other".to_owned()));
    assert!(folder.rename(&stored, " ", &catalogue()).is_err());
    assert_eq!(names(&folder), ["new ONE", "Other"]);
}

#[test]
fn a_deleted_preset_comes_back() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    let save = || {
        folder
            .save(&preset("Blue", "0.1"), &catalogue(), Overwrite::No)
            .unwrap()
    };
    let first = folder.delete(&save()).unwrap();
    assert_eq!(first.name, "Blue");
    assert!(names(&folder).is_empty(), "the trash is not listed");
    let stored = save();
    let second = folder.delete(&stored).unwrap();
    assert_eq!(
        files(&root.path().join(TRASH)),
        ["Blue 2.toml", "Blue.toml"]
    );
    folder.restore(&second).unwrap();
    assert_eq!(folder.list(&catalogue()).presets, [stored]);
    assert_eq!(
        folder.restore(&first),
        Err(PresetError::Exists("Blue".to_owned()))
    );
    assert!(folder.restore(&second).is_err());
}

#[test]
fn broken_files_are_told_and_keep_nobody_from_being_read() {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::at(root.path());
    folder
        .save(&preset("Good", "0.1"), &catalogue(), Overwrite::No)
        .unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(root.path().join(name), bytes).unwrap();
    write("binary.toml", &[0xff, 0xfe, 0x00]);
    write("empty.toml", b"");
    write("huge.toml", &vec![b'#'; LARGEST + 1]);
    write("loud.toml", b"name = 'Loud'\n[values]\nbend = 2");
    write("notes.txt", b"not looked at");
    fs::create_dir(root.path().join("folder.toml")).unwrap();
    let listing = folder.list(&catalogue());
    assert_eq!(listing.presets.len(), 1);
    let [binary, empty, huge, loud] = listing.refused.try_into().unwrap();
    assert!(
        binary.ends_with("binary.toml: it is no UTF-8 text"),
        "{binary}"
    );
    assert!(empty.contains("name"), "{empty}");
    assert!(huge.ends_with("a preset has at most 64 KiB"), "{huge}");
    assert!(
        loud.ends_with("`bend` is `2`: it can be a number from 0 to 1"),
        "{loud}"
    );
    let no_folder = Folder::at(root.path().join("notes.txt"));
    assert_eq!(no_folder.list(&catalogue()).refused.len(), 1);
    assert!(
        no_folder
            .save(&preset("x", "0"), &catalogue(), Overwrite::No)
            .is_err()
    );
}
