//! The front-desk clerk holds every secret and every file of her own, and has time: directory.db opens, nothing else.

use crate::people::{patient, result};
use chartkeep_tests::{ExtractedKeys, TestSession};
use hkdf::Hkdf;
use keep_domain::{Segment, SystemClock, length_prefixed};
use keep_keys::{DEVICE_KEY_ITEM, DataKey, Grant, Keychain, MemberClaims, VerifiedMember};
use keep_session::Workstation;
use keep_session::cases::{chart, search};
use keep_session::dto::search::SearchDto;
use keep_session::testing::{self, TestPerson, dr_jonas, import, leila_at_the_desk};
use keep_store::{OpenMode, PAGE_SIZE, open_cipher, segment_path};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The segments that the clerk's rank does not have.
const HIGHER: [Segment; 3] = [Segment::Encounters, Segment::Clinical, Segment::Restricted];
/// Windows of one file that are tried as keys; of a longer file they are spread evenly.
const WINDOWS: usize = 2_500;

/// A profile in which a physician has enrolled and made all four segments, and granted to the clerk her rank.
fn clinic(session: &TestSession, runtime: &tokio::runtime::Runtime) -> ExtractedKeys {
    clinic_with(session, runtime, vec![patient("p1", "González", "Ada"), result("o1", "p1", "5.8")])
}

/// The same with these records; answers the clerk's keys.
pub(crate) fn clinic_with(
    session: &TestSession,
    runtime: &tokio::runtime::Runtime,
    records: Vec<String>,
) -> ExtractedKeys {
    let open = |person: TestPerson| -> Workstation {
        let opened = session.open(person, runtime.handle().clone(), Arc::new(SystemClock));
        opened.map_err(|f| f.code).expect("unlocked")
    };
    let app = open(dr_jonas());
    import(&app, records).map_err(|f| f.code).expect("stored");
    app.close();
    open(leila_at_the_desk()).close();

    let jonas = ExtractedKeys::take(session, dr_jonas()).expect("the physician's keys");
    let leila = ExtractedKeys::take(session, leila_at_the_desk()).expect("the clerk's keys");
    assert_eq!(jonas.segments().len(), 4, "the physician holds all four");
    assert_eq!(leila.segments().len(), 0, "the clerk holds none before the grant");
    let (verified_jonas, verified_leila) = (verified(&jonas, dr_jonas()), verified(&leila, leila_at_the_desk()));
    let grants = Grant::make_for_rank(&jonas.opened.keys, &jonas.opened.ring, &verified_leila).expect("granted");
    assert_eq!(grants.len(), 1, "directory and nothing else");
    for grant in &grants {
        grant.write(&leila.slots).expect("written");
    }
    // The keychain, her password and her resume secret are all that is asked for.
    let mut leila = leila;
    for grant in Grant::waiting_for(&leila.slots, leila.opened.header.user).grants {
        let path = segment_path(session.profile(), Segment::Directory);
        let accepted = grant.accept(
            &leila.slots,
            &leila.opened.keys,
            &mut leila.opened.ring,
            &verified_jonas,
            |key| matches!(key, DataKey::Segment(s) if open_cipher(&path, &s.database_key(), OpenMode::Read).is_ok()),
        );
        accepted.expect("accepted");
    }
    leila
}

/// What the provider's signature states; the tests of keep-sync verify such signatures.
fn verified(person: &ExtractedKeys, who: TestPerson) -> VerifiedMember {
    let record = person.member().expect("member record");
    let claims = MemberClaims {
        issuer: String::from("https://id.example"),
        subject: who.subject.to_owned(),
        name: who.name.to_owned(),
        roles: vec![who.role],
        restricted: false,
        nonce: record.nonce(),
        issued_at: keep_domain::UtcMillis(0),
    };
    let claims = MemberClaims { restricted: who.role.may_hold_restricted(), ..claims };
    record.verify(&claims).expect("verified")
}

#[test]
fn with_all_the_clerks_secrets_the_three_higher_databases_do_not_open() {
    let folder = tempfile::tempdir().expect("folder");
    let session = TestSession::at(&folder.path().join("profile"));
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let leila = clinic(&session, &runtime);

    let held: Vec<Segment> = leila.segments().iter().map(keep_keys::SegmentKey::segment).collect();
    assert_eq!(held, [Segment::Directory]);
    let directory = leila.segments().remove(0);
    let path = |segment| segment_path(session.profile(), segment);
    for segment in HIGHER {
        assert!(path(segment).exists(), "{} is here to be attacked", segment.name());
    }
    open_cipher(&path(Segment::Directory), &directory.database_key(), OpenMode::Read).expect("directory.db opens");

    let candidates = candidates(&session, &leila);
    // The attack itself works: on the file whose key the clerk has, the same tries find it.
    assert!(candidates.iter().any(|key| opens(&path(Segment::Directory), key)), "the tries cannot find a key at all");
    for segment in HIGHER {
        let file = path(segment);
        let opened = candidates.iter().filter(|key| opens(&file, key)).count();
        assert_eq!(opened, 0, "{} opened with one of {} keys", segment.name(), candidates.len());
    }
    println!("{} keys tried on {} files", candidates.len(), HIGHER.len());
    // Nor do her key pairs open what is sealed to the others: each waiting grant and inbox is sealed to its own key.
    for segment in HIGHER {
        let own = [leila.opened.keys.hpke_key_pair().public(), directory.hpke_key_pair().public()];
        let jonas = ExtractedKeys::take(&session, dr_jonas()).expect("keys");
        let theirs =
            jonas.segments().into_iter().find(|k| k.segment() == segment).expect("held").hpke_key_pair().public();
        assert!(own.iter().all(|public| *public != theirs));
    }
}

/// The same through the session: the clerk finds the patient and reads nothing clinical.
#[test]
fn the_clerks_session_finds_a_patient_and_no_result() {
    let folder = tempfile::tempdir().expect("folder");
    let session = TestSession::at(&folder.path().join("profile"));
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    drop(clinic(&session, &runtime));
    let opened = session.open(leila_at_the_desk(), runtime.handle().clone(), Arc::new(SystemClock));
    let app = opened.map_err(|f| f.code).expect("unlocked");
    let ask = SearchDto { query: String::from("gonz"), offset: 0, limit: 10 };
    let page = search::search_patients(&app, ask).map_err(|f| f.code).expect("found");
    assert_eq!(page.rows.iter().map(|r| r.patient.as_str()).collect::<Vec<_>>(), ["p1"]);
    let shown = match chart::open_chart(&app, "p1") {
        Ok(chart) => serde_json::to_string(&chart).expect("json"),
        Err(failure) => failure.code.name().to_owned(),
    };
    assert!(!shown.contains("5.8") && !shown.contains("2345-7"), "{shown}");
    app.close();
}

/// Every 32 bytes that the clerk can name, derive, or find in a file.
fn candidates(session: &TestSession, leila: &ExtractedKeys) -> BTreeSet<[u8; 32]> {
    let mut named: Vec<[u8; 32]> = Vec::new();
    // EXPOSE: the clerk of this test gives everything away.
    let device_key = session.keychain().read(DEVICE_KEY_ITEM).expect("keychain").expect("device key").expose().clone();
    named.push(device_key.as_slice().try_into().expect("32 bytes"));
    // EXPOSE: as above.
    named.push(*leila.device_key.state_key().expose());
    named.push(*leila.device_key.ledger_key().key());
    named.push(leila.device_key.signer().public());
    named.push(*leila.opened.keys.personal_key().key());
    named.push(leila.opened.keys.signer().public());
    named.push(*leila.opened.keys.hpke_key_pair().public().as_bytes());
    for key in leila.segments() {
        named.push(*key.database_key().key());
        named.push(*key.row_tag_key().bytes());
        named.push(*key.root_key().bytes());
        named.push(*key.hpke_key_pair().public().as_bytes());
    }
    // EXPOSE: as above.
    let resume = session.resume_secret(leila_at_the_desk()).expect("resume").expose().clone();
    let words = [testing::PASSWORD.as_bytes(), resume.as_slice(), b"", &[0; 32]];
    named.extend(words.map(|w| <[u8; 32]>::from(Sha256::digest(w))));
    named.push([0; 32]);

    let mut all: BTreeSet<[u8; 32]> = named.iter().copied().collect();
    let purposes: [&[u8]; 4] = [
        b"chartkeep/segment/sqlcipher/1",
        b"chartkeep/segment/row-tag/1",
        b"chartkeep/segment/root/1",
        b"chartkeep/segment/drop-box/1",
    ];
    for ikm in &named {
        for segment in Segment::ALL {
            for purpose in purposes {
                all.insert(derived(ikm, &[purpose, segment.name().as_bytes(), &1u32.to_be_bytes()]));
            }
            all.insert(derived(ikm, &[segment.name().as_bytes()]));
        }
    }
    let mut files = Vec::new();
    collect(session.profile(), &mut files);
    collect(&session.profile().with_extension("keychain"), &mut files);
    for file in files.iter().filter(|f| f.extension().is_none_or(|e| e != "db")) {
        windows(&std::fs::read(file).expect("file"), &mut all);
    }
    all
}

fn derived(ikm: &[u8], fields: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(None, ikm).expand(&length_prefixed(fields), &mut out).expect("32 bytes");
    out
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn windows(bytes: &[u8], all: &mut BTreeSet<[u8; 32]>) {
    let step = (bytes.len() / WINDOWS).max(1);
    all.extend(bytes.windows(32).step_by(step).filter_map(|w| <[u8; 32]>::try_from(w).ok()));
}

/// Whether SQLCipher reads the file with this raw key; the salt is public, it is the file's first 16 bytes.
fn opens(path: &Path, key: &[u8; 32]) -> bool {
    let head = std::fs::read(path).expect("file");
    let raw = format!("x'{}{}'", hex::encode(key), hex::encode(&head[..16]));
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("connection");
    conn.pragma_update(None, "key", raw).expect("key");
    conn.pragma_update(None, "cipher_page_size", PAGE_SIZE).expect("page size");
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get::<_, i64>(0)).is_ok()
}
