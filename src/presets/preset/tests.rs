use super::super::testing::catalogue;
use super::*;
use proptest::prelude::*;

const FILE: &str = r#"
# A comment.
name = "Blue"
category = "Jazz"
about = "As it is"

[values]
style = "Slow Blues"   # by its name
bend = 0.5
bass_on = true
bass_octave = -1
bass_low = "E1"
"later" = 3
gain = 6.0
"#;

fn values(preset: &Preset) -> Vec<(&str, &str)> {
    let pair = |(id, value)| (String::as_str(id), String::as_str(value));
    preset.values.iter().map(pair).collect()
}

#[test]
fn a_file_is_read_and_written_and_read_again() {
    let catalogue = catalogue();
    let preset = Preset::parse(FILE, &catalogue).unwrap();
    assert_eq!(
        values(&preset),
        [
            ("bass_low", "28"),
            ("bass_octave", "-1"),
            ("bass_on", "on"),
            ("bend", "0.5"),
            ("gain", "6"),
            ("later", "3"),
            ("style", "slow-blues"),
        ]
    );
    let unknown: Vec<&str> = preset.unknown(&catalogue).collect();
    assert_eq!(unknown, ["gain", "later"], "kept, told, and never set");
    let all = catalogue.all_of(&preset);
    assert_eq!(all["bend"], "0.5");
    assert_eq!(all["style"], "slow-blues");
    assert_eq!(all["bass_high"], "127", "not named: the default");
    assert!(!all.contains_key("gain") && !all.contains_key("later"));
    let text = preset.to_toml(&catalogue);
    assert!(text.contains("\nbass_on = true\n"), "{text}");
    assert!(
        text.contains("\nstyle = \"slow-blues\"\nbend = 0.5\n"),
        "{text}"
    );
    assert_eq!(Preset::parse(&text, &catalogue), Ok(preset));
}

#[test]
fn what_cannot_be_is_refused_in_one_sentence() {
    let catalogue = catalogue();
    let told = |text: &str| {
        let told = Preset::parse(text, &catalogue).unwrap_err().to_string();
        assert_eq!(told.lines().count(), 1, "{told}");
        told
    };
    let value = |line: &str| told(&format!("name = 'x'\n[values]\n{line}"));
    assert_eq!(
        value("bend = 1.5"),
        "`bend` is `1.5`: it can be a number from 0 to 1"
    );
    assert_eq!(
        value("style = 'polka'"),
        "`style` is `polka`: it can be one of plain, slow-blues"
    );
    assert_eq!(
        value("bend = nan"),
        "`bend` is `NaN`: it can be a number from 0 to 1"
    );
    assert_eq!(
        value("bass_on = 1"),
        "`bass_on` is `1`: it can be on or off"
    );
    assert_eq!(
        value("bend = [1]"),
        "`bend` is no short text, number or switch"
    );
    assert!(value("bend = 0.5\nbend = 0.6").starts_with("line 4: "));
    assert!(told("name = 'x'\nvalues = 7").contains("line 2"));
    assert!(told("[values]\nbend = 1").contains("name"));
    assert!(told("name = ''").contains("1 to 60"));
    assert!(told("name = \"a\\nb\"").contains("one line"));
    assert!(told("format = 2\nname = 'x'").contains("this version reads 1"));
    assert!(told(&"#".repeat(LARGEST + 1)).contains("64 KiB"));
    let deep = format!("name = 'x'\nvalues = {}", "[".repeat(60_000));
    told(&deep);
    let many: String = (0..=MOST_VALUES).map(|at| format!("v{at} = 1\n")).collect();
    assert!(value(&many).contains("500"));
    let long = format!("later = '{}'", "x".repeat(LONGEST_VALUE + 1));
    assert!(value(&long).contains("`later`"));
}

#[test]
fn names_with_quotes_and_signs_are_written_so_that_they_are_read() {
    let catalogue = catalogue();
    let mut preset = Preset::named(" R&B \"late\" \\ 'é' ", "", "# = [x]").unwrap();
    assert_eq!(preset.name, "R&B \"late\" \\ 'é'");
    preset
        .values
        .insert("a b.\"c\"".to_owned(), "\"".to_owned());
    let text = preset.to_toml(&catalogue);
    assert_eq!(Preset::parse(&text, &catalogue), Ok(preset), "{text}");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = Preset::parse(&text, &catalogue());
    }

    #[test]
    fn a_file_with_something_wrong_is_read_or_refused(at in 0..FILE.len(), with: char) {
        let mut text: Vec<char> = FILE.chars().collect();
        text[at] = with;
        let text: String = text.into_iter().collect();
        if let Ok(preset) = Preset::parse(&text, &catalogue()) {
            let again = preset.to_toml(&catalogue());
            prop_assert_eq!(Preset::parse(&again, &catalogue()), Ok(preset));
        }
    }
}
