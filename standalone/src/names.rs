//! Finding what a person means by a name.

/// The one of `names` that `wanted` means: itself, or the only one that it is part of. `kind` says
/// what the names are of, for the one line that is the error.
pub fn find<'a, T>(
    kind: &str,
    wanted: &str,
    things: &'a [T],
    names: impl Fn(&T) -> Vec<&str>,
) -> Result<&'a T, String> {
    let lower = wanted.trim().to_lowercase();
    let exact = things
        .iter()
        .find(|thing| names(thing).iter().any(|n| n.to_lowercase() == lower));
    if let Some(thing) = exact {
        return Ok(thing);
    }
    let first = |thing: &T| names(thing).first().copied().unwrap_or_default().to_owned();
    let list = |things: &[&T]| {
        let names: Vec<String> = things.iter().map(|thing| first(thing)).collect();
        names.join("; ")
    };
    let part = |thing: &&T| {
        names(thing)
            .iter()
            .any(|n| n.to_lowercase().contains(&lower))
    };
    let found: Vec<&T> = things.iter().filter(part).collect();
    match found[..] {
        [one] if !lower.is_empty() => Ok(one),
        [] if things.is_empty() => Err(format!(
            "there is no {kind} `{wanted}`: there is none at all"
        )),
        [] => {
            let all: Vec<&T> = things.iter().collect();
            Err(format!(
                "there is no {kind} `{wanted}`; there is: {}",
                list(&all)
            ))
        }
        _ => Err(format!(
            "`{wanted}` may mean more than one {kind}: {}",
            list(&found)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["Scarlett 2i2 USB", "HDA Intel PCH", "HDA Intel HDMI"];

    fn found(wanted: &str) -> Result<&'static str, String> {
        find("input", wanted, &NAMES, |name| vec![*name]).copied()
    }

    #[test]
    fn a_name_or_an_unmistakable_part_of_it_is_enough() {
        assert_eq!(found("scarlett"), Ok(NAMES[0]));
        assert_eq!(found("hda intel pch"), Ok(NAMES[1]));
        let two = found("hda").unwrap_err();
        assert!(two.contains("PCH") && two.contains("HDMI") && !two.contains("Scarlett"));
    }

    #[test]
    fn an_unknown_name_is_told_what_there_is() {
        let error = found("Focusrite").unwrap_err();
        assert_eq!(error.lines().count(), 1);
        assert!(NAMES.iter().all(|name| error.contains(name)), "{error}");
        let none = find::<&str>("input", "x", &[], |name| vec![*name]).unwrap_err();
        assert!(none.contains("none"));
        assert!(found("").is_err());
    }
}
