//! Tall Man letters for look-alike medicine names, from `assets/clinical/tallman.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

static LIST: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/clinical/tallman.txt").lines().map(str::trim);
    lines.filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| (l.to_ascii_lowercase(), l)).collect()
});

/// One word of a generic name in lower case, with Tall Man letters where the list has it.
pub(crate) fn tall_man(word: &str) -> String {
    let lower = word.to_lowercase();
    LIST.get(&lower).map_or(lower, |tall| (*tall).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_names_have_tall_man_letters() {
        for (word, expected) in [
            ("HYDROXYZINE", "hydrOXYzine"),
            ("Hydralazine", "hydrALAZINE"),
            ("prednisone", "predniSONE"),
            ("prednisolone", "prednisoLONE"),
            ("Ibuprofen", "ibuprofen"),
        ] {
            assert_eq!(tall_man(word), expected);
        }
    }

    #[test]
    fn the_list_is_valid() {
        assert!(LIST.len() > 100);
        for (key, tall) in LIST.iter() {
            assert!(tall.bytes().all(|b| b.is_ascii_alphabetic()), "{tall}");
            assert!(tall.bytes().any(|b| b.is_ascii_uppercase()) && tall != key, "{tall}");
        }
        let lines = include_str!("../../../assets/clinical/tallman.txt").lines();
        let entries: Vec<_> = lines.filter(|l| !l.starts_with('#') && !l.trim().is_empty()).collect();
        assert_eq!(entries.len(), LIST.len(), "no name twice");
        assert!(entries.windows(2).all(|w| w[0].to_lowercase() < w[1].to_lowercase()), "sorted");
    }
}
