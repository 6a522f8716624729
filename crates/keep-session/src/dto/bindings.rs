//! The TypeScript face of these types, committed in `ui/src/ipc/bindings.ts`; a test fails on drift.

use super::{
    audit, chart, conflict, device, draft, enrol, failure, lock, search, sign_in, sync, text_size, visit, worklist,
};
use keep_audit::{EventClass, Explanation};
use keep_fhir::Side;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// Every type that a command takes or returns, and every type that one of these names, sorted by name.
#[must_use]
pub fn bindings() -> String {
    let config = Config::default().with_large_int("number");
    let mut found = Declarations { config, by_name: BTreeMap::new() };
    macro_rules! add {
        ($($t:ty),+ $(,)?) => { $(found.visit::<$t>();)+ };
    }
    add![
        audit::AuditAskDto,
        audit::AuditPageDto,
        audit::SignOffDto,
        audit::SignedOffDto,
        audit::UnmaskDto,
        audit::UnmaskedDto,
        chart::ChartDto,
        chart::TimelineWindowDto,
        chart::WindowDto,
        chart::detail::DetailDto,
        chart::document::DocumentChunkAskDto,
        chart::document::DocumentChunkDto,
        chart::document::OpenDocumentDto,
        chart::document::OpenedDocumentDto,
        chart::mark::MarkDto,
        chart::notes::NotesDto,
        chart::results::ResultsDto,
        chart::timeline::RecordDto,
        chart::timeline::RecordRequestDto,
        chart::timeline::TimelineDto,
        chart::value::ValueDto,
        conflict::ConflictDto,
        conflict::DecideDto,
        device::DeviceDto,
        draft::DraftSavedDto,
        draft::SaveDraftDto,
        enrol::EnrolBeginDto,
        enrol::EnrolCodeDto,
        enrol::EnrolPasswordDto,
        enrol::EnrolStateDto,
        failure::FailureDto,
        lock::LockScreenDto,
        lock::SessionDto,
        lock::SingleKeysDto,
        lock::UnlockDto,
        search::PatientPageDto,
        search::SearchDto,
        sign_in::SignInAgainDto,
        sign_in::SignInStateDto,
        sync::RetryDto,
        sync::GiveUpDto,
        sync::SyncPageDto,
        text_size::SetTextSizeDto,
        text_size::TextSizeDto,
        visit::MarkEnteredInErrorDto,
        visit::SavedDto,
        visit::UndoEnteredInErrorDto,
        visit::SignNoteDto,
        visit::VitalsCheckDto,
        visit::VitalsDto,
        worklist::CheckInDto,
        worklist::WorklistAskDto,
        worklist::WorklistDto,
    ];
    let mut out = String::from("// Made from the Rust types by `make bindings`; do not edit.\n\n");
    out.push_str(&union("EventClass", EventClass::ALL.iter().map(|class| class.name())));
    out.push_str(&union("Explanation", Explanation::ALL.into_iter().map(Explanation::name)));
    out.push_str(&union("Side", Side::ALL.into_iter().map(Side::name)));
    out.extend(found.by_name.values().map(|declaration| format!("export {declaration}\n\n")));
    out
}

/// The declarations found so far.
struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let name = T::name(&self.config);
        // Numbers, texts, lists and the like are not declared.
        if T::output_path().is_some() && !self.by_name.contains_key(&name) {
            self.by_name.insert(name, T::decl(&self.config));
            T::visit_dependencies(self);
        }
    }
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
