//! The product's Rust files as syntax trees.

use crate::tree::{Source, files, test_modules};

/// Rust files of the crates and the shell that are not tests.
pub(crate) fn product() -> Vec<Source> {
    let all = files(&[".rs"]);
    let tests = test_modules(&all);
    let is_test = |f: &Source| {
        let stem = f.path.trim_end_matches(".rs");
        f.path.split(['/', '.']).any(|part| matches!(part, "tests" | "testing" | "fixtures"))
            || tests.iter().any(|t| t.trim_end_matches(".rs") == stem || f.path.starts_with(&t.replace(".rs", "/")))
    };
    all.into_iter().filter(|f| f.path.contains("/src/") && !is_test(f)).collect()
}

/// The syntax tree of `source`.
pub(crate) fn parsed(source: &Source) -> syn::File {
    syn::parse_file(&source.text).unwrap_or_else(|e| unreachable!("{}: {e}", source.path))
}

/// Whether `item` is only compiled for tests.
pub(crate) fn declared_for_tests(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => return false,
    };
    is_for_tests(attributes)
}

/// Whether one of `attributes` is `#[test]` or a `#[cfg]` that names tests.
pub(crate) fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    let names_tests = |list: &syn::MetaList| list.path.is_ident("cfg") && list.tokens.to_string().contains("test");
    attributes.iter().any(|a| a.path().is_ident("test") || a.meta.require_list().is_ok_and(names_tests))
}
