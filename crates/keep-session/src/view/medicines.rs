//! Medicines: an order or a statement in its group, with what followed from it.

mod group;

use super::clinic_clock::ClinicClock;
use super::dosage::{dosages, quantity};
use super::medicine_name::{self, name_and_product, other_words, recorded_name};
use super::names::Names;
use super::visible_record::{VisibleRecord, readable};
use super::words;
use crate::dto::chart::dosage::DosageDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::medicines::{
    EndedByDto, EndedDto, MedicineDto, MedicineEventDto, MedicineGroupDto, MedicineRecordDto, SupplyDto,
};
use crate::dto::chart::value::ValueDto;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::Raw;
use keep_fhir::lens::{self, Concept, MedicationLens, MedicineRecord, Reference, medication};
use std::cmp::Reverse;
use std::collections::BTreeMap;

const TYPES: [&str; 4] = ["MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration"];
/// The most records of one medicine's history in a reply.
const MOST_HISTORY: usize = 6;
/// The most steps from a record to the order that it goes back to.
const MOST_STEPS: usize = 16;

/// What a list of medicines depends on besides the records.
#[derive(Clone, Copy)]
pub(crate) struct MedicineContext<'a> {
    /// Names of medicines and staff.
    pub(crate) names: &'a Names,
    /// Now.
    pub(crate) clock: &'a ClinicClock,
    /// The address of the own server, for absolute references.
    pub(crate) base: Option<&'a str>,
}

/// One record, read.
struct Item<'e> {
    entry: &'e VisibleRecord,
    lens: MedicationLens,
    group: MedicineGroupDto,
    ended: Option<EndedDto>,
}

impl Item<'_> {
    /// The time by which it is sorted.
    fn at(&self) -> Option<UtcMillis> {
        words::instant(self.when())
    }

    fn when(&self) -> Option<&lens::When> {
        self.lens.taken.as_ref().and_then(|t| t.start.as_ref()).or(self.lens.authored.as_ref())
    }

    const fn is_event(&self) -> bool {
        matches!(self.lens.record, MedicineRecord::Dispense | MedicineRecord::Administration)
    }

    /// Which record of a medicine leads: what is paused before what is in use, an order before a statement.
    fn rank(&self) -> (bool, u8, bool, Reverse<Option<UtcMillis>>) {
        let group = match self.group {
            MedicineGroupDto::DoNotGive => 0,
            MedicineGroupDto::OnHold => 1,
            MedicineGroupDto::Current => 2,
            MedicineGroupDto::Unknown => 3,
            MedicineGroupDto::Planned => 4,
            MedicineGroupDto::WithoutOrder => 5,
            MedicineGroupDto::Past => 6,
        };
        (self.is_event(), group, self.lens.record != MedicineRecord::Order, Reverse(self.at()))
    }
}

/// All medicines, by group, in each the newest first.
pub(crate) fn medicines(entries: &[VisibleRecord], context: MedicineContext<'_>) -> Vec<MedicineDto> {
    let items: Vec<Item<'_>> = read(entries, context.base)
        .map(|(entry, lens)| {
            let (group, ended) = if entry.is_entered_in_error() {
                (MedicineGroupDto::Past, Some(EndedDto { by: EndedByDto::Status, at: None }))
            } else {
                group::group(&lens, context.clock)
            };
            Item { entry, lens, group, ended }
        })
        .collect();
    let mut lines: BTreeMap<usize, Vec<&Item<'_>>> = BTreeMap::new();
    for (root, item) in roots(&items).into_iter().zip(&items) {
        lines.entry(root).or_default().push(item);
    }
    let mut found: Vec<(Option<UtcMillis>, MedicineDto)> =
        lines.into_values().filter_map(|line| dto(line, context)).collect();
    found.sort_by(|(a, x), (b, y)| x.group.cmp(&y.group).then_with(|| b.cmp(a)).then_with(|| x.name.cmp(&y.name)));
    found.into_iter().map(|(_, m)| m).collect()
}

/// Resources that must be looked up for their names: medicines, also where a reference has words, which may differ, and
/// those who ordered them.
pub(crate) fn unnamed_medicines(entries: &[VisibleRecord], base: Option<&str>) -> Vec<ResourceKey> {
    let keys = |lens: MedicationLens| {
        medicine_name::referred(&lens.name).cloned().into_iter().chain(super::names::unnamed(lens.requester.as_ref()))
    };
    let mut found: Vec<ResourceKey> = read(entries, base).flat_map(|(_, lens)| keys(lens)).collect();
    found.sort();
    found.dedup();
    found
}

/// The medicine that one record must be looked up for.
pub(crate) fn unnamed_medicine(raw: &Raw, base: Option<&str>) -> Option<ResourceKey> {
    medicine_name::unnamed(&medication(raw, base).ok()?.name)
}

/// Title and instructions of a timeline row.
pub(crate) fn headline(raw: &Raw, names: &Names) -> (Option<String>, Vec<DosageDto>) {
    let Ok(lens) = medication(raw, names.base()) else { return (None, Vec::new()) };
    let (name, product) = name_and_product(&recorded_name(&lens.name, &names.look_up()).unwrap_or_default());
    (words::some(words::joined([name, product], " ")), dosages(&lens.dosages))
}

fn read<'e>(
    entries: &'e [VisibleRecord],
    base: Option<&'e str>,
) -> impl Iterator<Item = (&'e VisibleRecord, MedicationLens)> {
    // One that was entered in error stays listed, marked as such.
    let found = TYPES.into_iter().flat_map(|t| readable(entries, t));
    found.filter_map(move |(e, raw)| Some((e, medication(raw, base).ok()?)))
}

/// For each item the index of the one that its line goes back to.
fn roots(items: &[Item<'_>]) -> Vec<usize> {
    let by_key: BTreeMap<&ResourceKey, usize> =
        items.iter().enumerate().map(|(at, item)| (&item.entry.record.key, at)).collect();
    let is_prohibition = |at: usize| items.get(at).is_some_and(|i| i.group == MedicineGroupDto::DoNotGive);
    // What a "do not give" is about is no history of it, nor the reverse.
    // What was entered in error says nothing about another record.
    let is_void = |at: usize| items.get(at).is_some_and(|i| i.entry.is_entered_in_error());
    let may_join = |a: usize, b: usize| a != b && is_prohibition(a) == is_prohibition(b) && !is_void(a) && !is_void(b);
    let mut parents: Vec<usize> = (0..items.len()).collect();
    let mut join = |child: usize, parent: usize| {
        if let Some(slot) = parents.get_mut(child).filter(|slot| **slot == child && may_join(child, parent)) {
            *slot = parent;
        }
    };
    for (at, item) in items.iter().enumerate() {
        if let Some(parent) = item.lens.links.iter().find_map(|key| by_key.get(key)) {
            join(at, *parent);
        }
        // An order that was replaced and is still in force stays a line of its own.
        let prior = item.lens.prior.as_ref().and_then(|key| by_key.get(key));
        if let Some(prior) = prior.filter(|at| items.get(**at).is_some_and(|p| p.group == MedicineGroupDto::Past)) {
            join(*prior, at);
        }
    }
    let root = |start: usize| {
        let step = |at: usize| parents.get(at).copied().unwrap_or(at);
        (0..MOST_STEPS).fold(start, |at, _| step(at))
    };
    (0..items.len()).map(root).collect()
}

fn dto(mut line: Vec<&Item<'_>>, context: MedicineContext<'_>) -> Option<(Option<UtcMillis>, MedicineDto)> {
    line.sort_by_key(|item| item.rank());
    let (lead, others) = line.split_first()?;
    let lens = &lead.lens;
    let recorded = recorded_name(&lens.name, &context.names.look_up());
    let (name, product) = name_and_product(recorded.as_deref().unwrap_or_default());
    let shown = dosages(&lens.dosages);
    let mut others: Vec<&&Item<'_>> = others.iter().collect();
    others.sort_by_key(|item| Reverse(item.at()));
    let mut marks = marks(lead, context.clock);
    for other in others.iter().filter(|o| !o.is_event() && Some(&o.entry.record.key) != lens.prior.as_ref()) {
        // A stopped order marks the line of a statement that still says "active".
        let more = self::marks(other, context.clock);
        marks.extend(more.into_iter().filter(|m| !matches!(m, MarkDto::InFuture)));
    }
    marks.dedup();
    let history = others.iter().take(MOST_HISTORY).map(|o| event(o, recorded.as_deref(), &shown, context)).collect();
    let labels = |concepts: &[Concept]| concepts.iter().filter_map(|c| words::label(Some(c))).collect();
    let dto = MedicineDto {
        reference: lead.entry.record.key.to_string(),
        kind: record_kind(lens.record),
        recorded: other_words(&lens.name, &words::joined([&name, &product], " "), &context.names.look_up()),
        name: words::some(name),
        product: words::some(product),
        group: lead.group,
        marks,
        status: lens.status.clone(),
        dosages: shown,
        since: words::when(lead.when()),
        age: lead.at().and_then(|at| context.clock.elapsed(at)),
        ended: lead.ended.clone(),
        priority: lens.priority.clone().filter(|p| p != "routine"),
        reasons: labels(&lens.reasons),
        categories: labels(&lens.categories),
        notes: notes(lens),
        requester: who(lens.requester.as_ref(), context.names),
        supply: supply(lens),
        history,
        more_history: u32::try_from(others.len().saturating_sub(MOST_HISTORY)).unwrap_or(u32::MAX),
        record: lead.entry.state(),
    };
    Some((lead.at(), dto))
}

fn event(item: &Item<'_>, name: Option<&str>, dosage: &[DosageDto], context: MedicineContext<'_>) -> MedicineEventDto {
    let lens = &item.lens;
    let own_name = recorded_name(&lens.name, &context.names.look_up()).filter(|own| name != Some(own));
    let own_name = own_name.map(|own| keep_clinical::medicine_name(&own));
    let own_dosages = dosages(&lens.dosages);
    MedicineEventDto {
        reference: item.entry.record.key.to_string(),
        kind: record_kind(lens.record),
        at: words::when(item.when()),
        status: lens.status.clone(),
        marks: marks(item, context.clock),
        recorded: own_name
            .as_ref()
            .map(|own| other_words(&lens.name, own, &context.names.look_up()))
            .unwrap_or_default(),
        name: own_name,
        quantity: lens.supply.quantity.as_ref().filter(|_| item.is_event()).map(quantity),
        dosages: if own_dosages == dosage { Vec::new() } else { own_dosages },
        who: who(lens.requester.as_ref(), context.names),
        notes: notes(lens),
    }
}

const fn record_kind(record: MedicineRecord) -> MedicineRecordDto {
    match record {
        MedicineRecord::Order => MedicineRecordDto::Order,
        MedicineRecord::Statement => MedicineRecordDto::Statement,
        MedicineRecord::Dispense => MedicineRecordDto::Dispense,
        MedicineRecord::Administration => MedicineRecordDto::Administration,
    }
}

fn who(link: Option<&Reference>, names: &Names) -> Option<String> {
    names.link(link)
}

fn notes(lens: &MedicationLens) -> Vec<String> {
    // EXPOSE: a note of the order is shown with it.
    lens.notes.iter().filter_map(|n| words::some(n.expose().trim())).collect()
}

fn supply(lens: &MedicationLens) -> Option<SupplyDto> {
    let found = &lens.supply;
    let validity = found
        .validity
        .as_ref()
        .map(|v| ValueDto::Period { start: words::when(v.start.as_ref()), end: words::when(v.end.as_ref()) });
    let shown = SupplyDto {
        quantity: found.quantity.as_ref().map(quantity),
        repeats: found.repeats.clone(),
        duration: found.duration.as_ref().map(quantity),
        validity,
        substitution: found.substitution,
    };
    let empty = SupplyDto { quantity: None, repeats: None, duration: None, validity: None, substitution: None };
    (shown != empty).then_some(shown)
}

/// The marks of a record, with every recorded reason.
fn marks(item: &Item<'_>, clock: &ClinicClock) -> Vec<MarkDto> {
    let mut found = super::marks::marks(item.entry);
    let reasons = item.lens.status_reasons.iter().filter_map(|c| words::label(Some(c)));
    if let Some(all) = words::some(words::joined(reasons, "; ")) {
        for mark in &mut found {
            if let MarkDto::Status { reason, .. } = mark {
                *reason = Some(all.clone());
            }
        }
    }
    found.extend(super::marks::in_future(item.entry, clock));
    found
}

#[cfg(test)]
mod tests;
