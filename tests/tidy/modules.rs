//! The files of a crate: none uses one that uses it, directly or by way of others.

use crate::failures::none_of;
use crate::syntax::{declared_for_tests, parsed, product};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// Who uses whom: module names within one crate, the root left out.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_module_uses_one_that_uses_it() {
    let mut crates: BTreeMap<String, BTreeMap<String, syn::File>> = BTreeMap::new();
    for source in product() {
        let Some((folder, file)) = source.path.split_once("/src/") else { continue };
        let name = file.trim_end_matches(".rs").replace('/', "::");
        if !matches!(name.as_str(), "lib" | "main") {
            crates.entry(folder.to_owned()).or_default().insert(name, parsed(&source));
        }
    }
    assert!(!crates.is_empty(), "the crates were not found");
    let mut findings = Vec::new();
    for (folder, modules) in &crates {
        let cycles = cycles(graph(modules));
        findings.extend(cycles.iter().map(|(user, used)| {
            let used: Vec<&str> = used.iter().map(String::as_str).collect();
            format!("{folder}: {user} uses {}", used.join(", "))
        }));
    }
    none_of("modules in a cycle: move what both need below them", findings);
}

fn graph(modules: &BTreeMap<String, syn::File>) -> Graph {
    let edges = |(name, file): (&String, &syn::File)| {
        let scope = name.split("::").map(str::to_owned).collect();
        let mut paths = Paths { scope, found: Vec::new() };
        paths.visit_file(file);
        let used = paths.found.into_iter().filter_map(|path| {
            let target = (1..=path.names.len()).rev().find_map(|n| {
                let prefix = path.names.get(..n)?.join("::");
                modules.contains_key(&prefix).then_some(prefix)
            })?;
            let child = target.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with("::"));
            (target != *name && !(path.exported && child)).then_some(target)
        });
        (name.clone(), used.collect())
    };
    modules.iter().map(edges).collect()
}

/// What remains when modules that use nothing, and modules that nothing uses, are taken away until there are none.
fn cycles(mut graph: Graph) -> Graph {
    loop {
        let used: BTreeSet<String> = graph.values().flatten().cloned().collect();
        let ends: BTreeSet<String> = graph
            .iter()
            .filter(|(name, uses)| uses.is_empty() || !used.contains(*name))
            .map(|(n, _)| n.clone())
            .collect();
        if ends.is_empty() {
            return graph;
        }
        graph.retain(|name, _| !ends.contains(name));
        graph.values_mut().for_each(|uses| uses.retain(|name| !ends.contains(name)));
    }
}

/// A path from the root of the crate, and whether a `pub use` names it.
struct Path {
    names: Vec<String>,
    exported: bool,
}

/// Collects the paths of one file; `scope` is the module that is being read.
struct Paths {
    scope: Vec<String>,
    found: Vec<Path>,
}

impl Paths {
    fn add(&mut self, names: &[String], exported: bool) {
        let Some(first) = names.first() else { return };
        let supers = names.iter().take_while(|n| *n == "super").count();
        let rest = |n: usize| names.get(n..).unwrap_or_default().to_vec();
        let names = match first.as_str() {
            "crate" => rest(1),
            "super" => {
                let above = self.scope.len().saturating_sub(supers);
                [self.scope.get(..above).unwrap_or_default().to_vec(), rest(supers)].concat()
            }
            "self" => [self.scope.clone(), rest(1)].concat(),
            _ => [self.scope.clone(), rest(0)].concat(),
        };
        self.found.push(Path { names, exported });
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree, exported: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree, exported),
            syn::UseTree::Name(name) if name.ident == "self" => self.add(before, exported),
            syn::UseTree::Name(name) => self.add(&with(&name.ident), exported),
            syn::UseTree::Rename(name) => self.add(&with(&name.ident), exported),
            syn::UseTree::Glob(_) => self.add(before, exported),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(before, item, exported)),
        }
    }
}

impl Visit<'_> for Paths {
    fn visit_item(&mut self, item: &syn::Item) {
        if !declared_for_tests(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        self.scope.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.scope.pop();
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        self.add_tree(&[], &item.tree, !matches!(item.vis, syn::Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if names.len() > 1 {
            self.add(&names, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.visit_path(&call.path);
        // The arguments are tokens: a path in them is words with `::` between them.
        let tokens = call.tokens.to_string().replace(" :: ", "::");
        let paths = tokens.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).filter(|p| p.contains("::"));
        for path in paths {
            self.add(&path.split("::").map(str::to_owned).collect::<Vec<_>>(), false);
        }
    }
}

#[test]
fn cycles_of_modules_are_found() {
    let check = |files: &[(&str, &str)], expected: &[&str]| {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), syn::parse_file(text).expect("Rust"));
        let found: Vec<String> = cycles(graph(&files.iter().map(file).collect())).into_keys().collect();
        assert_eq!(found, expected, "{files:?}");
    };
    check(&[("a", "use crate::b::B;"), ("b", "use std::fmt;")], &[]);
    check(&[("a", "use crate::b::B;"), ("b", "fn f() { super::a::g() }")], &["a", "b"]);
    check(&[("a", "use crate::{b::{self, B}, c};"), ("b", ""), ("c", "fn f() { vec![crate::a::A] }")], &["a", "c"]);
    check(&[("a", "mod b; pub use b::B;"), ("a::b", "use super::A;")], &[]);
    check(&[("a", "mod b; use b::B;"), ("a::b", "use super::A;")], &["a", "a::b"]);
    check(&[("a", "mod b; fn f() { b::g() }"), ("a::b", "use crate::a::A;")], &["a", "a::b"]);
    check(&[("a", "#[cfg(test)] mod tests { use crate::b::B; }"), ("b", "use crate::a::A;")], &[]);
}
