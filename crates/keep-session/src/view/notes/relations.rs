//! Documents that replace, change or sign each other, in both directions.

use super::heading;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::notes::NoteRelationDto;
use crate::view::names::Names;
use crate::view::visible_record::VisibleRecord;
use keep_domain::ResourceKey;
use keep_fhir::Raw;
use keep_fhir::lens::{RelatedDocument, composition, document, may_relate};
use std::collections::HashMap;

/// The codes of R4's document-relationship-type.
const KNOWN: [&str; 4] = ["replaces", "transforms", "signs", "appends"];

/// The relations between the documents of a chart.
pub(super) struct Relations<'e> {
    /// What other documents say about each one.
    incoming: HashMap<ResourceKey, Vec<(String, &'e VisibleRecord, &'e Raw)>>,
    by_key: HashMap<&'e ResourceKey, (&'e VisibleRecord, &'e Raw)>,
}

impl<'e> Relations<'e> {
    /// Reads the relations of all documents; those without any cost a search of their text.
    pub(super) fn of(found: &[(&'e VisibleRecord, &'e Raw)]) -> Self {
        let mut relations = Self { incoming: HashMap::new(), by_key: HashMap::new() };
        let related: Vec<_> = found.iter().filter(|(_, raw)| may_relate(raw)).collect();
        if related.is_empty() {
            return relations;
        }
        relations.by_key = found.iter().map(|(e, raw)| (&e.record.key, (*e, *raw))).collect();
        for (entry, raw) in related.into_iter().filter(|(e, _)| !e.is_entered_in_error()) {
            for relation in related_of(raw) {
                let Some(key) = relation.target.key else { continue };
                relations.incoming.entry(key).or_default().push((relation.code, *entry, *raw));
            }
        }
        relations
    }

    /// The relations of one document, its own first.
    pub(super) fn rows(&self, entry: &VisibleRecord, raw: &Raw, names: &Names) -> Vec<NoteRelationDto> {
        let own = if may_relate(raw) { related_of(raw) } else { Vec::new() };
        let outgoing = own.into_iter().map(|relation| {
            let target = relation.target.key.as_ref().and_then(|key| self.by_key.get(key));
            let title = names.link(Some(&relation.target)).or_else(|| heading::title(target?.1));
            NoteRelationDto {
                code: relation.code,
                incoming: false,
                title,
                written: target.and_then(|(_, raw)| heading::written(raw)),
                reference: relation.target.key.map(|key| key.to_string()),
            }
        });
        let incoming =
            self.incoming.get(&entry.record.key).into_iter().flatten().map(|(code, other, raw)| NoteRelationDto {
                code: code.clone(),
                incoming: true,
                reference: Some(other.record.key.to_string()),
                title: heading::title(raw),
                written: heading::written(raw),
            });
        outgoing.chain(incoming).collect()
    }
}

fn related_of(raw: &Raw) -> Vec<RelatedDocument> {
    let of_document = document(raw).map(|lens| lens.related);
    of_document.or_else(|_| composition(raw).map(|lens| lens.related)).unwrap_or_default()
}

/// The marks that relations require: what replaces the document, and relations that are not known.
pub(super) fn marks(relations: &[NoteRelationDto], marks: &mut Vec<MarkDto>) {
    let replacing = relations.iter().find(|r| r.incoming && r.code == "replaces");
    if let Some(replacing) = replacing {
        marks.retain(|mark| !matches!(mark, MarkDto::Superseded { .. }));
        marks.push(MarkDto::Superseded { by: replacing.title.clone(), at: replacing.written.clone() });
    }
    let unknown = relations.iter().any(|r| !KNOWN.contains(&r.code.as_str()));
    if unknown && !marks.iter().any(|mark| matches!(mark, MarkDto::Unsafe { .. })) {
        marks.push(MarkDto::Unsafe { elements: vec![String::from("relatesTo.code")] });
    }
}
