//! The TypeScript face of these types, committed in `ui/src/ipc/bindings.ts`; a test fails on drift.

use super::{audit, chart, conflict, device, enrol, failure, lock, search, sign_in, sync, visit, worklist};
use keep_domain::{ErrorCode, IncidentId};
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
        audit::AuditPageDto,
        audit::AuditRowDto,
        audit::SignOffDto,
        audit::SignedOffDto,
        audit::UnmaskDto,
        audit::UnmaskedDto,
        chart::AllergiesDto,
        chart::AllergyDto,
        chart::BannerDto,
        chart::ChartDto,
        chart::CompletenessDto,
        chart::DraftDto,
        chart::ImmunisationDto,
        chart::MedicineDto,
        chart::NoteDto,
        chart::NotesDto,
        chart::ProblemDto,
        chart::RecordStateDto,
        chart::ResultDto,
        chart::ResultsDto,
        chart::TimelineDto,
        chart::TimelineRowDto,
        chart::UnreadableDto,
        chart::VitalPointDto,
        chart::VitalSeriesDto,
        chart::WindowDto,
        conflict::ChoiceDto,
        conflict::ConflictDto,
        conflict::ConflictFieldDto,
        conflict::ConflictPartDto,
        conflict::DecideDto,
        device::DeviceDto,
        device::NameValueDto,
        device::SegmentDto,
        enrol::EnrolBeginDto,
        enrol::EnrolCodeDto,
        enrol::EnrolPasswordDto,
        enrol::EnrolStateDto,
        failure::FailureDto,
        failure::FieldProblemDto,
        lock::KeychainStateDto,
        lock::LockScreenDto,
        lock::LockUserDto,
        lock::NoticeDto,
        lock::ResumePointDto,
        lock::SessionDto,
        lock::SlotStateDto,
        lock::UnlockDto,
        search::PatientPageDto,
        search::PatientRowDto,
        search::SearchDto,
        sign_in::SignInAgainDto,
        sign_in::SignInStateDto,
        sync::RetryDto,
        sync::SyncChipDto,
        sync::SyncItemDto,
        sync::SyncPageDto,
        sync::SyncProgressDto,
        sync::SyncTypeDto,
        visit::DraftKeptDto,
        visit::SaveDraftDto,
        visit::SavedDto,
        visit::SignNoteDto,
        visit::MarkEnteredInErrorDto,
        visit::VitalFindingDto,
        visit::VitalsCheckDto,
        visit::VitalsDto,
        worklist::CheckInDto,
        worklist::ListCountDto,
        worklist::WorkRowDto,
        worklist::WorklistAskDto,
        worklist::WorklistDto,
    ];
    decls.sort();
    let roles = keep_domain::Role::ALL.map(|r| format!("\"{}\"", r.name())).join(" | ");
    let mut out = String::from("// Made from the Rust types by `make bindings`; do not edit.\n\n");
    out.push_str(&format!("export type Role = {roles};\n\n"));
    for d in decls {
        out.push_str("export ");
        out.push_str(&d);
        out.push_str("\n\n");
    }
    out
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
