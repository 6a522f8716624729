//! The certificate authority file is trusted only while its hash is the sealed one.

use super::{Clinic, NOON, code_of, ok};
use crate::Workstation;
use crate::cases::{device, lock};
use crate::dto::device::{DeviceCheckDto, DeviceFindingDto};
use crate::error::SessionError;
use crate::settings::WorkstationSettings;
use crate::state::acquire;
use crate::testing::{TestDevice, TestPerson, nurse_amara};
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
    clinic.workstation.change_settings(|w| w.ca_file = Some(file.clone())).map_err(|f| f.code).expect("sealed");
    let settings = kept(clinic);
    assert_eq!((settings.version, settings.ca_file_sha256), (1, None));
    file
}

fn kept(clinic: &Clinic) -> WorkstationSettings {
    WorkstationSettings::load(&clinic.workstation.0.device.profile).expect("settings")
}

fn connect(workstation: &Workstation) -> Result<(), ErrorCode> {
    workstation.with_session(|_| workstation.open_server(None)).map(|_| ()).map_err(|error| error.code)
}

#[test]
fn a_swapped_authority_file_is_refused() {
    // Once only the path was signed, so anyone who could write there could impersonate the server.
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    assert_eq!(connect(&clinic.workstation), Ok(()));
    let (ours, findings) = (std::fs::read(&file).expect("read"), clinic.events(EventClass::IntegrityFinding));
    std::fs::write(&file, authority()).expect("swapped");
    for _ in 0..3 {
        assert_eq!(connect(&clinic.workstation), Err(ErrorCode::AuthorityFileChanged));
    }
    assert_eq!(clinic.events(EventClass::IntegrityFinding), findings + 1, "said once");
    assert!(
        ok(device::look(&clinic.workstation))
            .findings
            .contains(&DeviceFindingDto::Check(DeviceCheckDto::AuthorityFileChanged))
    );
    for gone in [b"".to_vec(), [ours.as_slice(), b"\n"].concat()] {
        std::fs::write(&file, gone).expect("swapped");
        assert_eq!(connect(&clinic.workstation), Err(ErrorCode::AuthorityFileChanged));
    }
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(connect(&clinic.workstation), Err(ErrorCode::Invalid));
    std::fs::create_dir(&file).expect("a folder in its place");
    assert_eq!(connect(&clinic.workstation), Err(ErrorCode::Invalid));
    std::fs::remove_dir(&file).expect("removed");
    std::fs::write(&file, ours).expect("put back");
    assert_eq!(connect(&clinic.workstation), Ok(()));
    assert!(ok(device::look(&clinic.workstation)).findings.iter().all(|f| {
        !matches!(
            f,
            DeviceFindingDto::Check(DeviceCheckDto::AuthorityFileChanged | DeviceCheckDto::AuthorityFileUnreadable)
        )
    }));
}

#[test]
fn settings_without_a_hash_still_open_and_are_bound_as_soon_as_possible() {
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    let changes = clinic.events(EventClass::ConfigChange);
    clinic.lock();
    // As at the next start: the device key is opened again.
    *acquire(&clinic.workstation.0.device.context) = None;
    let device = clinic.workstation.enrolled_device().map_err(|f| f.code).expect("opens");
    let settings = kept(&clinic);
    assert_eq!((settings.version, settings.ca_file.as_ref()), (2, Some(&file)));
    assert!(settings.ca_file_sha256.is_some() && settings.seal_holds(&device.device_key.signer()));
    assert_eq!(clinic.events(EventClass::ConfigChange), changes + 1);
    ok(clinic.unlock_well());
    std::fs::write(&file, authority()).expect("swapped");
    assert_eq!(connect(&clinic.workstation), Err(ErrorCode::AuthorityFileChanged));
    // The hash can be removed, but not re-signed.
    let bare = WorkstationSettings { version: 1, ca_file_sha256: None, ..kept(&clinic) };
    assert!(!bare.seal_holds(&device.device_key.signer()));
}

/// IT's own session, and what keeps it alive.
fn it() -> (Workstation, tempfile::TempDir, tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let sven = TestPerson { subject: "sven", name: "Sven Lund", role: Role::ItAdministrator };
    let (clock, keychain) = (Arc::new(ManualClock::starting(NOON)), Arc::new(FakeKeychain::default()));
    let handle = runtime.handle().clone();
    let device = TestDevice { profile: folder.path().to_owned(), runtime: handle, clock, keychain };
    let (workstation, _) = ok(device.enrol(sven, None));
    (workstation, folder, runtime)
}

fn changes(workstation: &Workstation) -> usize {
    let filter = HeaderFilter { class: Some(EventClass::ConfigChange), ..HeaderFilter::default() };
    workstation.enrolled_device().expect("device").ledger.headers(&filter, 50).expect("headers").headers.len()
}

#[test]
fn only_it_may_replace_the_authority_file() {
    let clinic = Clinic::with(nurse_amara());
    let file = named(&clinic);
    assert_eq!(code_of(device::trust_authorities(&clinic.workstation, &file)), ErrorCode::Refused);

    let (workstation, folder, _runtime) = it();
    let file = folder.path().join("authority.pem");
    let refused = |path: &Path| code_of(device::trust_authorities(&workstation, path));
    assert_eq!(refused(&file), ErrorCode::Invalid, "there is none");
    std::fs::write(&file, "no certificate").expect("written");
    assert_eq!(refused(&file), ErrorCode::Invalid);
    assert_eq!((connect(&workstation), changes(&workstation)), (Ok(()), 0), "nothing has changed");
    for round in 1..=2 {
        std::fs::write(&file, authority()).expect("written");
        if round > 1 {
            assert_eq!(connect(&workstation), Err(ErrorCode::AuthorityFileChanged));
        }
        ok(device::trust_authorities(&workstation, &file));
        assert_eq!((connect(&workstation), changes(&workstation)), (Ok(()), round));
    }
    let settings = WorkstationSettings::load(&workstation.0.device.profile).expect("settings");
    let device = workstation.enrolled_device().map_err(|f: SessionError| f.code).expect("device");
    assert!(settings.seal_holds(&device.device_key.signer()) && settings.ca_file.is_some_and(|p| p.is_absolute()));
    lock::lock_session(&workstation, "user");
    assert_eq!(refused(&file), ErrorCode::Locked);
}
