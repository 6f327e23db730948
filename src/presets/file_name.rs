//! File names for preset names: safe on every system, and close to what the user wrote.

/// The longest stem in bytes: with an ending and a number every file system takes it.
const LONGEST: usize = 120;
/// What Windows takes for devices, whatever ends the name.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The name of the file, without its ending, of a preset called `name`. `None` if nothing of the
/// name is left.
pub fn stem(name: &str) -> Option<String> {
    let safe = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '&' | '+' | '\'');
    let mut stem = String::new();
    for c in name.chars().map(|c| if safe(c) { c } else { '-' }) {
        if stem.len() + c.len_utf8() > LONGEST {
            break;
        }
        stem.push(c);
    }
    // Ends that systems take off, and a beginning that makes an option or hides a file.
    let mut stem = stem.trim_matches([' ', '-']).to_owned();
    if !stem.contains(char::is_alphanumeric) {
        return None;
    }
    if is_device(&stem) {
        stem.push('_');
    }
    Some(stem)
}

/// Whether Windows takes `stem` for a device.
fn is_device(stem: &str) -> bool {
    let lower = stem.to_lowercase();
    let numbered = |device: &str| {
        let number = lower.strip_prefix(device).map(str::as_bytes);
        matches!(number, Some([b'0'..=b'9']))
    };
    DEVICES.contains(&lower.as_str()) || numbered("com") || numbered("lpt")
}

/// `stem`, or what comes after it in the row `stem`, `stem 2`, `stem 3` …, that is not `taken`.
pub fn free(stem: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(stem) {
        return stem.to_owned();
    }
    let mut others = (2_u64..).map(|number| format!("{stem} {number}"));
    others.find(|other| !taken(other)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_stay_readable_and_lose_what_systems_mind() {
        for (name, wanted) in [
            ("Late Night Trap", "Late Night Trap"),
            ("Bedroom R&B", "Bedroom R&B"),
            ("../../etc/passwd", "etc-passwd"),
            ("a:b*c?.toml", "a-b-c--toml"),
            (".hidden.", "hidden"),
            ("CON", "CON_"),
            ("lpt1", "lpt1_"),
            ("夜", "夜"),
        ] {
            assert_eq!(stem(name).as_deref(), Some(wanted));
        }
        for name in ["", "..", "///", "- -", "\0"] {
            assert_eq!(stem(name), None, "{name:?}");
        }
        assert!(stem(&"é".repeat(500)).unwrap().len() <= LONGEST);
    }

    #[test]
    fn the_next_free_one_is_numbered() {
        assert_eq!(free("a", |_| false), "a");
        assert_eq!(free("a", |name| name != "a 3"), "a 3");
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(name: String) {
            if let Some(stem) = stem(&name) {
                prop_assert!(!stem.contains(['/', '\\', '.', ':', '\0']));
                prop_assert_eq!(stem.trim(), stem.as_str());
                prop_assert!(!stem.is_empty() && stem.len() <= LONGEST + 1);
            }
        }
    }
}
