//! How much a function takes and how much state a struct holds, in the crate where the use cases are.

use crate::failures::none_of;
use crate::syntax::{declared_for_tests, is_for_tests, parsed, product};
use syn::visit::{self, Visit};

/// Parameters of a function, `self` not counted.
const PARAMETERS: usize = 5;
/// Fields of a struct of state. A struct that is serialised is data, and has as many as its format.
const FIELDS: usize = 8;

#[test]
fn functions_take_few_parameters_and_state_is_small() {
    let mut signatures = Signatures { path: String::new(), functions: 0, findings: Vec::new() };
    for source in product().into_iter().filter(|s| s.path.starts_with("crates/keep-session/")) {
        signatures.path.clone_from(&source.path);
        signatures.visit_file(&parsed(&source));
    }
    assert!(signatures.functions > 100, "the functions were not found");
    none_of("too much at once: group what belongs together", signatures.findings);
}

struct Signatures {
    path: String,
    functions: usize,
    findings: Vec<String>,
}

impl Visit<'_> for Signatures {
    fn visit_item(&mut self, item: &syn::Item) {
        if !declared_for_tests(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_signature(&mut self, signature: &syn::Signature) {
        self.functions += 1;
        let parameters = signature.inputs.iter().filter(|i| matches!(i, syn::FnArg::Typed(_))).count();
        if parameters > PARAMETERS {
            self.findings.push(format!("{}: `{}` takes {parameters} parameters", self.path, signature.ident));
        }
        visit::visit_signature(self, signature);
    }

    fn visit_item_struct(&mut self, item: &syn::ItemStruct) {
        if item.fields.len() > FIELDS && !is_serialised(&item.attrs) {
            self.findings.push(format!("{}: `{}` has {} fields", self.path, item.ident, item.fields.len()));
        }
    }
}

fn is_serialised(attributes: &[syn::Attribute]) -> bool {
    let derives = |list: &syn::MetaList| list.path.is_ident("derive") && list.tokens.to_string().contains("erialize");
    attributes.iter().any(|a| a.meta.require_list().is_ok_and(derives))
}
