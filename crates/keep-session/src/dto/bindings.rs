//! The TypeScript face of these types, committed in `ui/src/ipc/bindings.ts`; a test fails on drift.

use super::{
    audit, chart, conflict, device, draft, elapsed, enrol, failure, lock, record_title, search, sign_in, sync, visit,
    worklist,
};
use keep_audit::{EventClass, Explanation};
use keep_domain::{ErrorCode, IncidentId, Role, Segment};
use ts_rs::{Config, TS};

/// All declarations, sorted by name.
#[must_use]
pub fn bindings() -> String {
    let cfg = Config::default();
    macro_rules! decls {
        ($($t:ty),+ $(,)?) => { vec![$(<$t as TS>::decl(&cfg)),+] };
    }
    let mut decls = decls![
        ErrorCode,
        IncidentId,
        audit::AuditAskDto,
        audit::AuditOutcomeDto,
        audit::AuditPageDto,
        audit::AuditRowDto,
        audit::SignOffDto,
        audit::SignedOffDto,
        audit::UnmaskDto,
        audit::UnmaskedDto,
        chart::ChartDto,
        chart::ChartTabDto,
        chart::DownloadCompletenessDto,
        chart::TimelineWindowDto,
        chart::UnreadableDto,
        chart::WindowDto,
        chart::allergies::AllergiesDto,
        chart::allergies::AllergyDto,
        chart::allergies::ReactionDto,
        chart::allergies::SafetyDto,
        chart::banner::BannerDto,
        chart::banner::SexDto,
        chart::flag::FlagDto,
        chart::immunisations::ImmunisationDto,
        chart::mark::MarkDto,
        chart::medicines::MedicineDto,
        chart::notes::NoteDto,
        chart::notes::NoteStatusDto,
        chart::notes::NotesDto,
        chart::problems::ProblemDto,
        chart::record_state::RecordStateDto,
        chart::results::ResultDto,
        chart::results::ResultsDto,
        chart::timeline::TimelineDetailDto,
        chart::timeline::TimelineDto,
        chart::timeline::TimelineKindDto,
        chart::timeline::TimelineRowDto,
        chart::value::QuantityDto,
        chart::value::ValueDto,
        chart::vitals::SignDto,
        chart::vitals::VitalPointDto,
        chart::vitals::VitalSeriesDto,
        conflict::ChoiceDto,
        conflict::ConflictDto,
        conflict::ConflictFieldDto,
        conflict::ConflictKeyDto,
        conflict::ConflictPartDto,
        conflict::ConflictValueDto,
        conflict::DecideDto,
        conflict::SideDto,
        device::DeviceCheckDto,
        device::DeviceDto,
        device::DeviceFindingDto,
        device::NameValueDto,
        device::SegmentDto,
        device::SegmentStateDto,
        draft::DraftDto,
        draft::DraftKindDto,
        draft::DraftSavedDto,
        draft::SaveDraftDto,
        elapsed::ElapsedDto,
        elapsed::ElapsedUnitDto,
        enrol::EnrolBeginDto,
        enrol::EnrolCodeDto,
        enrol::EnrolPasswordDto,
        enrol::EnrolStateDto,
        failure::FailureDto,
        failure::FieldProblemDto,
        failure::FieldReasonDto,
        lock::KeychainStateDto,
        lock::LockScreenDto,
        lock::LockUserDto,
        lock::NoticeDto,
        lock::PermissionDto,
        lock::ReturnPointDto,
        lock::SegmentHealthDto,
        lock::SessionDto,
        lock::SlotStateDto,
        lock::UnlockDto,
        record_title::RecordTitleDto,
        search::PatientPageDto,
        search::PatientRowDto,
        search::SearchDto,
        sign_in::SignInAgainDto,
        sign_in::SignInStateDto,
        sync::RetryDto,
        sync::SyncStatusDto,
        sync::SyncItemDto,
        sync::SyncItemStateDto,
        sync::SyncPageDto,
        sync::SyncPhaseDto,
        sync::SyncProgressDto,
        sync::SyncStateDto,
        sync::SyncTypeDto,
        visit::ConsciousnessDto,
        visit::FindingGradeDto,
        visit::MarkEnteredInErrorDto,
        visit::News2FieldDto,
        visit::News2RiskDto,
        visit::NoteKindDto,
        visit::SavedDto,
        visit::SignNoteDto,
        visit::VitalFindingDto,
        visit::VitalsCheckDto,
        visit::VitalsDto,
        visit::VitalsFieldDto,
        worklist::WorkReasonDto,
        worklist::VitalsTodayDto,
        worklist::WorklistNameDto,
        worklist::CheckInDto,
        worklist::ListCountDto,
        worklist::WorkRowDto,
        worklist::WorklistAskDto,
        worklist::WorklistDto,
    ];
    decls.sort();
    let mut out = String::from("// Made from the Rust types by `make bindings`; do not edit.\n\n");
    let unions = [
        union("Role", Role::ALL.into_iter().map(Role::name)),
        union("EventClass", EventClass::ALL.iter().map(|class| class.name())),
        union("Explanation", Explanation::ALL.into_iter().map(Explanation::name)),
        union("Segment", Segment::ALL.into_iter().map(Segment::name)),
    ];
    out.extend(unions);
    for d in decls {
        out.push_str("export ");
        out.push_str(&d);
        out.push_str("\n\n");
    }
    out
}

/// A closed list of another crate, which has names and no TypeScript form of its own.
fn union(name: &str, words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    format!("export type {name} = {};\n\n", words.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::bindings;
    use std::path::Path;

    #[test]
    fn committed_bindings_are_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/ipc/bindings.ts");
        let fresh = bindings();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            std::fs::create_dir_all(path.parent().expect("folder")).expect("mkdir");
            std::fs::write(&path, &fresh).expect("write");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == fresh, "ui/src/ipc/bindings.ts is not current: run `make bindings`");
    }
}
