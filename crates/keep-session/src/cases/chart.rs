//! A patient's chart, as the role may see it.

use crate::ctx::Ctx;
use crate::dto::chart::notes::NotesDto;
use crate::dto::chart::results::ResultsDto;
use crate::dto::chart::timeline::{RecordDto, RecordRequestDto, TimelineDto};
use crate::dto::chart::{ChartDto, ChartTabDto, CutListDto, TimelineWindowDto, WindowDto};
use crate::dto::failure::FailureDto;
use crate::dto::index;
use crate::error::SessionError;
use crate::records::chart::{Chart, HowRead, Part, banner_of, has_all_allergies, names_of, read_chart, view_chart};
use crate::records::corrections::corrections;
use crate::records::last_chart_refs::LastChartRefs;
use crate::records::patient_id;
use crate::state::acquire;
use crate::view::corrections::{LISTED, correctable};
use crate::view::detail_pages::page_of;
use crate::view::details::Details;
use crate::view::judge::Population;
use crate::view::medicines::MedicineContext;
use crate::view::members::Observations;
use crate::view::names::Names;
use crate::view::tabs::{self, TABS};
use crate::view::timeline::{RowContext, Window, row_of};
use crate::view::unfounded::unfounded;
use crate::view::vitals::{Reading, SeriesContext};
use crate::view::{allergies, completeness, immunisations, medicines, notes, problems, results, vitals, words};
use crate::workstation::Workstation;
use keep_access::{Action, Group};
use keep_domain::{ErrorCode, R4_TYPES, ResourceKey};

/// The most rows of one window.
const MOST_ROWS: u32 = 200;
/// The most rows of one list of the summary; longer lists are in the timeline. Keeps a reply below 256 kB.
const MOST_LISTED: usize = 120;
/// The most records of these lists that the user may correct.
const MOST_CORRECTABLE: usize = 4 * MOST_LISTED;
/// The longest note of the summary, bytes.
const LONGEST_NOTE: usize = 4_000;

/// Opens a chart: banner and summary.
///
/// # Errors
/// `locked`, `refused`, `not_available`, `waiting_for_grant`, `store_damaged`.
pub fn open_chart(workstation: &Workstation, patient: &str) -> Result<ChartDto, FailureDto> {
    workstation.authorize(Action::OpenPatient, |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let (patient, part) =
            (patient_id(patient)?, Part { name: None, types: &SUMMARY_TYPES, record: None, reading: HowRead::Summary });
        let ((dto, last_chart_refs), ticket) = view_chart(ctx, &patient, part, |chart| {
            let readings = vitals::readings(&chart.entries, chart.clinic_clock.now);
            Ok((summary(ctx, &chart, &readings)?, LastChartRefs::of_chart(&chart, &readings)))
        })?;
        acquire(&unlocked.memory.opened).insert(patient, ticket);
        last_chart_refs.note_opened(ctx.store)?;
        Ok(dto)
    })
}

/// Checks the id and nothing else: an opened chart stays covered by its event until the lock.
///
/// # Errors
/// `locked`.
pub fn close_chart(workstation: &Workstation, patient: &str) -> Result<(), FailureDto> {
    workstation.with_session(|_| patient_id(patient).map(|_| ())).map_err(SessionError::into_dto)
}

/// One window of the timeline, or of the records of one tab.
///
/// # Errors
/// As [`open_chart`].
pub fn chart_timeline(workstation: &Workstation, request: TimelineWindowDto) -> Result<TimelineDto, FailureDto> {
    workstation.authorize(Action::OpenPatient, |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let TimelineWindowDto { tab, window: rows } = &request;
        let chart = read_chart(ctx, &patient_id(&rows.patient)?, &[])?;
        let window = Window::of(&chart.entries, *tab, window(rows));
        let base = ctx.workstation.settings().server.clone();
        let names = names_of(ctx.store, &window.unnamed(Some(&base)))?.on(&base);
        let corrections = &corrections(ctx, &chart, window.entries())?;
        let (names, clinic_clock, access_view) = (&names, &chart.clinic_clock, &chart.view);
        let unfounded = &unfounded(&chart.entries);
        Ok(window.rows(&RowContext { names, clinic_clock, access_view, corrections, unfounded }))
    })
}

/// One part of a record in full; the event names it.
///
/// # Errors
/// As [`open_chart`]; `not_available` also for a record that the chart does not have or the role may not see.
pub fn chart_record(workstation: &Workstation, request: RecordRequestDto) -> Result<RecordDto, FailureDto> {
    workstation.authorize(Action::OpenPatient, |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let key: ResourceKey = request.reference.parse().map_err(|_| ErrorCode::NotAvailable)?;
        // A type that R4 does not have is looked for in the whole chart.
        let types: Vec<&'static str> = R4_TYPES.into_iter().filter(|name| *name == key.resource_type).collect();
        let part = Part { name: Some("record"), types: &types, record: Some(&key), reading: HowRead::Records };
        let (chart, _) = view_chart(ctx, &patient_id(&request.patient)?, part, Ok)?;
        let entry = chart.entries.iter().find(|e| e.record.key == key).ok_or(ErrorCode::NotAvailable)?;
        let base = workstation.settings().server.clone();
        let details = Details::of(entry);
        let names = names_of(ctx.store, &details.unnamed())?.or_people(|| workstation.names()).on(&base);
        let corrections = &corrections(ctx, &chart, std::iter::once(entry))?;
        let (clinic_clock, access_view) = (&chart.clinic_clock, &chart.view);
        let unfounded = &unfounded(&chart.entries);
        let row = row_of(entry, &RowContext { names: &names, clinic_clock, access_view, corrections, unfounded });
        let row = row.ok_or(ErrorCode::NotAvailable)?;
        let (details, parts) = page_of(details.shown(&names), request.part);
        Ok(RecordDto { row, details, parts })
    })
}

/// One window of results.
///
/// # Errors
/// As [`open_chart`].
pub fn chart_results(workstation: &Workstation, request: WindowDto) -> Result<ResultsDto, FailureDto> {
    workstation.authorize(Action::OpenChart, |unlocked| {
        // The patient's sex and age choose the reference range.
        let types = ["Observation", "DiagnosticReport", "Patient"];
        let ctx = &Ctx::new(workstation, unlocked)?;
        let chart = read_chart(ctx, &patient_id(&request.patient)?, &types)?;
        let (offset, limit) = window(&request);
        let mut found = results::window(&chart.entries, &chart.clinic_clock, offset, limit);
        let corrections = corrections(ctx, &chart, chart.entries.iter())?;
        results::add_corrections(&mut found.rows, &chart.entries, &chart.view, &corrections);
        Ok(found)
    })
}

/// One window of notes; fewer rows than requested where the texts are long.
///
/// # Errors
/// As [`open_chart`].
pub fn chart_notes(workstation: &Workstation, request: WindowDto) -> Result<NotesDto, FailureDto> {
    workstation.authorize(Action::OpenChart, |unlocked| {
        let ctx = &Ctx::new(workstation, unlocked)?;
        let chart = read_chart(ctx, &patient_id(&request.patient)?, &notes::TYPES)?;
        let (offset, limit) = window(&request);
        let names = names_of(ctx.store, &notes::unnamed_authors(&chart.entries, offset, limit))?
            .or_people(|| workstation.names());
        let server = workstation.settings().server.clone();
        let mut found = notes::window(&chart.entries, &names, &chart.view, &server, (offset, limit));
        let corrections = corrections(ctx, &chart, chart.entries.iter())?;
        for note in &mut found.rows {
            note.corrected = corrections.of(&note.reference);
        }
        Ok(found)
    })
}

fn window(request: &WindowDto) -> (usize, usize) {
    (index(request.offset), index(request.limit.clamp(1, MOST_ROWS)))
}

/// The types shown in the summary. Claims and the like, half of a chart's bytes, are read for the timeline only.
const SUMMARY_TYPES: [&str; 18] = [
    "Patient",
    "Flag",
    "AllergyIntolerance",
    "Condition",
    "ServiceRequest",
    "CarePlan",
    "Consent",
    "Procedure",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationDispense",
    "MedicationAdministration",
    "Observation",
    "DiagnosticReport",
    "DocumentReference",
    "Composition",
    "Immunization",
    "Encounter",
];

fn summary(ctx: &Ctx<'_>, chart: &Chart, readings: &[Reading<'_>]) -> Result<ChartDto, SessionError> {
    let (entries, clinic_clock, view) = (&chart.entries, &chart.clinic_clock, &chart.view);
    let found = ctx.workstation.completeness(ctx.session)?;
    let downloaded = has_all_allergies(ctx, &chart.patient, &found)?;
    let mut allergies = allergies::allergies(entries, downloaded, view.sees_any(&[Group::Allergy]));
    let banner = banner_of(ctx.store, chart, &allergies)?;
    let base = ctx.workstation.settings().server.clone();
    let mut wanted = medicines::unnamed_medicines(entries, Some(&base));
    wanted.extend(notes::unnamed_authors_of_last(entries));
    let names: Names = names_of(ctx.store, &wanted)?.or_people(|| ctx.workstation.names());
    let tabs: Vec<ChartTabDto> = std::iter::once(ChartTabDto::Summary)
        .chain(TABS.iter().filter(|(_, groups)| groups.iter().any(|g| view.sees(*g).is_visible())).map(|(tab, _)| *tab))
        .collect();
    let last_note = notes::last(entries, &names, view, &ctx.workstation.settings().server, LONGEST_NOTE);
    let name = banner.family.iter().chain(&banner.given);
    let name = words::some(words::joined(name, ", "));
    let population = Population::of(entries, &clinic_clock.zone);
    let observations = &Observations::of(entries);
    let series = SeriesContext { population: &population, clinic_clock, access_view: view, observations };
    let mut vital_series = vitals::series(readings, &series);
    let in_error = vitals::readings_in_error(entries);
    let listed = entries.iter().filter(|e| LISTED.contains(&e.kind()));
    let corrections = corrections(ctx, chart, in_error.iter().map(|r| r.entry).chain(listed))?;
    vitals::add_in_error(&mut vital_series, &in_error, &series, &corrections);
    let mut cut = CutLists::default();
    let groups = [&mut allergies.current, &mut allergies.statements, &mut allergies.past, &mut allergies.void];
    cut.shorten(ChartTabDto::Allergies, groups);
    let mut problems = problems::problems(entries);
    cut.shorten(ChartTabDto::Problems, [&mut problems]);
    let context = MedicineContext { names: &names, clock: clinic_clock, base: Some(&base) };
    let mut medicines = medicines::medicines(entries, context);
    cut.shorten(ChartTabDto::Medicines, [&mut medicines]);
    let mut immunisations = immunisations::immunisations(entries);
    cut.shorten(ChartTabDto::Immunisations, [&mut immunisations]);
    Ok(ChartDto {
        counts: tabs::counts(entries, &chart.other_types, &tabs),
        tabs,
        allergies,
        problems,
        medicines,
        vitals: vital_series,
        results: results::recent_and_abnormal(entries, &population, clinic_clock),
        last_note,
        immunisations,
        cut: cut.0,
        correctable: correctable(entries, view, &corrections, MOST_CORRECTABLE),
        completeness: completeness::completeness(&found, !ctx.store.unhealthy().is_empty(), |t| ctx.store.may_hold(t)),
        unreadable: completeness::unreadable(entries),
        drafts: super::drafts::of_patient(ctx, &chart.patient, name.as_deref()),
        banner,
    })
}

/// The lists that were cut.
#[derive(Default)]
struct CutLists(Vec<CutListDto>);

impl CutLists {
    /// Cuts the groups of a list, each to the most rows of one, and notes what is left out.
    fn shorten<T, const N: usize>(&mut self, tab: ChartTabDto, groups: [&mut Vec<T>; N]) {
        let (mut shown, mut total) = (0, 0);
        for group in groups {
            total += group.len();
            group.truncate(MOST_LISTED);
            shown += group.len();
        }
        if shown < total {
            let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            self.0.push(CutListDto { tab, shown: number(shown), total: number(total) });
        }
    }
}
