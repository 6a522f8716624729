//! The file of certificate authorities: trusted only as it was sealed.

use super::{Clinic, NOON, code_of, ok};
use crate::App;
use crate::app::guard;
use crate::cases::{device, lock};
use crate::fault::Fault;
use crate::testing::{TestPerson, nurse_amara, open_unlocked};
use crate::workstation::Workstation;
use keep_audit::EventClass;
use keep_domain::{ErrorCode, ManualClock, Role};
use keep_keys::FakeKeychain;
use keep_store::HeaderFilter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn authority() -> String {
    let key = rcgen::KeyPair::generate().expect("key");
    let mut authority = rcgen::CertificateParams::new(Vec::<String>::new()).expect("parameters");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    authority.self_signed(&key).expect("certificate").pem()
}

/// Writes an authority's file, and names it in settings as version 0.1 sealed them.
fn named(clinic: &Clinic) -> PathBuf {
    let file = clinic.folder.path().join("authority.pem");
    std::fs::write(&file, authority()).expect("written");
    clinic.app.change_workstation(|w| w.ca_file = Some(file.clone())).map_err(|f| f.code).expect("sealed");
    let settings = kept(clinic);
    assert_eq!((settings.version, settings.ca_file_sha256), (1, None));
    file
}

fn kept(clinic: &Clinic) -> Workstation {
    Workstation::load(&clinic.app.0.profile).expect("settings")
}

fn connect(app: &App) -> Result<(), ErrorCode> {
    app.inside(|_| app.open_server(None)).map(|_| ()).map_err(|fault| fault.code)
}

#[test]
fn a_swapped_authority_file_is_refused() {
    // The settings were signed and named a path; whoever could write there could stand in for the server.
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    assert_eq!(connect(&clinic.app), Ok(()));
    let (ours, findings) = (std::fs::read(&file).expect("read"), clinic.events(EventClass::IntegrityFinding));
    std::fs::write(&file, authority()).expect("swapped");
    for _ in 0..3 {
        assert_eq!(connect(&clinic.app), Err(ErrorCode::AuthorityFileChanged));
    }
    assert_eq!(clinic.events(EventClass::IntegrityFinding), findings + 1, "said once");
    assert!(ok(device::look(&clinic.app)).findings.contains(&String::from("authority_file_changed")));
    for gone in [b"".to_vec(), [ours.as_slice(), b"\n"].concat()] {
        std::fs::write(&file, gone).expect("swapped");
        assert_eq!(connect(&clinic.app), Err(ErrorCode::AuthorityFileChanged));
    }
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(connect(&clinic.app), Err(ErrorCode::Invalid));
    std::fs::create_dir(&file).expect("a folder in its place");
    assert_eq!(connect(&clinic.app), Err(ErrorCode::Invalid));
    std::fs::remove_dir(&file).expect("removed");
    std::fs::write(&file, ours).expect("put back");
    assert_eq!(connect(&clinic.app), Ok(()));
    assert!(ok(device::look(&clinic.app)).findings.iter().all(|f| !f.starts_with("authority")));
}

#[test]
fn settings_without_a_hash_keep_opening_and_are_bound_at_the_first_chance() {
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    let changes = clinic.events(EventClass::ConfigChange);
    clinic.lock();
    // As at the next start: the device side is opened anew.
    *guard(&clinic.app.0.device) = None;
    let device = clinic.app.enrolled_device().map_err(|f| f.code).expect("opens");
    let settings = kept(&clinic);
    assert_eq!((settings.version, settings.ca_file.as_ref()), (2, Some(&file)));
    assert!(settings.ca_file_sha256.is_some() && settings.seal_holds(&device.kd.signer()));
    assert_eq!(clinic.events(EventClass::ConfigChange), changes + 1);
    ok(clinic.unlock_well());
    std::fs::write(&file, authority()).expect("swapped");
    assert_eq!(connect(&clinic.app), Err(ErrorCode::AuthorityFileChanged));
    // The hash can be taken out, but not signed for.
    let bare = Workstation { version: 1, ca_file_sha256: None, ..kept(&clinic) };
    assert!(!bare.seal_holds(&device.kd.signer()));
}

/// IT's own session, and what keeps it alive.
fn it() -> (App, tempfile::TempDir, tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let sven = TestPerson { subject: "sven", name: "Sven Lund", role: Role::ItAdministrator };
    let (clock, keychain) = (Arc::new(ManualClock::starting(NOON)), Arc::new(FakeKeychain::default()));
    let app = ok(open_unlocked(folder.path(), sven, runtime.handle().clone(), clock, keychain));
    (app, folder, runtime)
}

fn changes(app: &App) -> usize {
    let filter = HeaderFilter { class: Some(EventClass::ConfigChange), ..HeaderFilter::default() };
    app.enrolled_device().expect("device").ledger.headers(&filter, 50).expect("headers").headers.len()
}

#[test]
fn it_takes_another_file_over_and_nobody_else_does() {
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    assert_eq!(code_of(device::trust_authorities(&clinic.app, &file)), ErrorCode::Refused);

    let (app, folder, _runtime) = it();
    let file = folder.path().join("authority.pem");
    let refused = |path: &Path| code_of(device::trust_authorities(&app, path));
    assert_eq!(refused(&file), ErrorCode::Invalid, "there is none");
    std::fs::write(&file, "no certificate").expect("written");
    assert_eq!(refused(&file), ErrorCode::Invalid);
    assert_eq!((connect(&app), changes(&app)), (Ok(()), 0), "nothing has changed");
    for round in 1..=2 {
        std::fs::write(&file, authority()).expect("written");
        if round > 1 {
            assert_eq!(connect(&app), Err(ErrorCode::AuthorityFileChanged));
        }
        ok(device::trust_authorities(&app, &file));
        assert_eq!((connect(&app), changes(&app)), (Ok(()), round));
    }
    let settings = Workstation::load(&app.0.profile).expect("settings");
    let device = app.enrolled_device().map_err(|f: Fault| f.code).expect("device");
    assert!(settings.seal_holds(&device.kd.signer()) && settings.ca_file.is_some_and(|p| p.is_absolute()));
    lock::lock(&app, "user");
    assert_eq!(refused(&file), ErrorCode::Locked);
}
