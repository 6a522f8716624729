//! What a medicine is: its name, form and ingredients (R4, `medication.html`).

use super::parts::{Concept, Quantity};
use super::reader::{Reader, concept, member_phi, owned, quantity};
use super::unread::urls;
use crate::{FhirError, Kind, Node, Raw, parse_reference};
use keep_domain::{Phi, ResourceKey};

/// One ingredient.
#[derive(Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// What it is.
    pub name: MedicineName,
    /// The amount of it, and the amount of the medicine that has it.
    pub strength: (Option<Quantity>, Option<Quantity>),
}

/// A Medication.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Product {
    /// Its name.
    pub code: Option<Concept>,
    /// Tablet, solution, ...
    pub form: Option<Concept>,
    /// The words of the reference to it, of a Medication inside a record.
    pub display: Option<Phi<String>>,
    /// What it is made of.
    pub ingredients: Vec<Ingredient>,
    /// `active`, `inactive`, `entered-in-error`.
    pub status: Option<String>,
    /// URLs of modifier extensions.
    pub modifiers: Vec<String>,
}

/// How a record names its medicine.
#[derive(Clone, PartialEq, Eq)]
pub enum MedicineName {
    /// By a concept.
    Concept(Concept),
    /// By a Medication inside the record.
    Product(Box<Product>),
    /// By a reference to another resource.
    Reference {
        /// The target, where it is a resource on this server.
        key: Option<ResourceKey>,
        /// The display text.
        display: Option<Phi<String>>,
        /// The reference as written.
        reference: Option<String>,
        /// The business identifier, its system and value.
        identifier: Option<(Option<String>, String)>,
    },
    /// Not at all.
    Missing,
}

/// Reads a Medication.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn product(raw: &Raw) -> Result<Product, FhirError> {
    let r = Reader::open(raw, &["Medication"])?;
    Ok(product_of(r.node(), r.node(), None))
}

/// The medicine of `holder`, an element of `resource`, by its elements `concept` and `reference`.
pub(super) fn medicine_name(
    holder: Node<'_>,
    resource: Node<'_>,
    names: [&str; 2],
    base: Option<&str>,
) -> MedicineName {
    let [by_concept, by_reference] = names;
    if let Some(found) = holder.member(by_concept).and_then(concept) {
        return MedicineName::Concept(found);
    }
    let Some(node) = holder.member(by_reference).filter(|n| n.kind() == Kind::Object) else {
        return MedicineName::Missing;
    };
    let reference = node.member_text("reference");
    let inside = reference.as_deref().and_then(|r| r.strip_prefix('#')).and_then(|id| {
        resource.member("contained")?.items().find(|c| c.member_text("id").is_some_and(|own| own == id))
    });
    if let Some(inside) = inside {
        let product = Product { display: member_phi(node, "display"), ..product_of(inside, resource, base) };
        return MedicineName::Product(Box::new(product));
    }
    let identifier = node
        .member("identifier")
        .and_then(|i| Some((i.member("system").and_then(owned), i.member("value").and_then(owned)?)));
    MedicineName::Reference {
        key: reference.as_deref().and_then(|r| parse_reference(r, base)),
        display: member_phi(node, "display"),
        reference: reference.map(std::borrow::Cow::into_owned),
        identifier,
    }
}

fn product_of(node: Node<'_>, resource: Node<'_>, base: Option<&str>) -> Product {
    let ingredients = node.member("ingredient").into_iter().flat_map(Node::items).map(|i| {
        let side = |name| i.at(&["strength", name]).and_then(quantity);
        Ingredient { name: ingredient_name(i, resource, base), strength: (side("numerator"), side("denominator")) }
    });
    Product {
        code: node.member("code").and_then(concept),
        form: node.member("form").and_then(concept),
        display: None,
        ingredients: ingredients.collect(),
        status: node.member("status").and_then(owned),
        modifiers: node.member("modifierExtension").map(urls).unwrap_or_default(),
    }
}

/// A product inside a product is named, not opened: it may hold itself.
fn ingredient_name(node: Node<'_>, resource: Node<'_>, base: Option<&str>) -> MedicineName {
    let inside = node.at(&["itemReference", "reference"]).and_then(|r| {
        let text = r.text()?;
        let id = text.strip_prefix('#')?;
        resource.member("contained")?.items().find(|c| c.member_text("id").is_some_and(|own| own == id))
    });
    match inside {
        Some(inside) => {
            let display = || node.at(&["itemReference", "display"]).and_then(owned);
            let by_reference = || display().map(|text| Concept { text: Some(text), codings: Vec::new() });
            let found = inside.member("code").and_then(concept).or_else(by_reference);
            found.map_or(MedicineName::Missing, MedicineName::Concept)
        }
        None => medicine_name(node, resource, ["itemCodeableConcept", "itemReference"], base),
    }
}
