//! A profile in a temporary folder with fixed keys, for tests of this and other crates.

use crate::change_set::{ChangeSetDraft, ChangeSetId, EntryDraft, Operation};
use crate::error::StoreError;
use crate::ledger::{AuditSealer, AuditTicket, EventKey, LEDGER_LIMIT_BYTES, Ledger};
use crate::opening::StoreKeys;
use crate::page::{Page, PageReport};
use crate::segment_file::ledger_path;
use crate::segment_report::SegmentReport;
use crate::store::Store;
use keep_audit::{Actor, BootId, EventClass, EventDraft, EventStamper, EventWriter};
use keep_domain::{Clock, DeviceId, ManualClock, Phi, Rank, Role, Segment, UserId, UtcMillis};
use keep_keys::{DatabaseKey, SegmentKey, Signer};
use std::path::Path;
use std::sync::Arc;

/// A profile whose keys are the same in every run. The clock starts at 2026-11-22T06:00:00Z.
#[derive(Debug)]
pub struct TestClinic {
    folder: tempfile::TempDir,
    /// The clock.
    pub clock: Arc<ManualClock>,
}

#[expect(clippy::expect_used, reason = "support code of tests")]
impl TestClinic {
    /// An empty profile.
    #[must_use]
    pub fn new() -> Self {
        let clock = Arc::new(ManualClock::starting(UtcMillis(1_795_327_200_000)));
        Self { folder: tempfile::tempdir().expect("folder"), clock }
    }

    /// The profile folder.
    #[must_use]
    pub fn profile(&self) -> &Path {
        self.folder.path()
    }

    /// The key of a segment, always the same.
    #[must_use]
    pub const fn key(segment: Segment) -> SegmentKey {
        SegmentKey::for_tests(segment, 1, 40 + segment.ordinal())
    }

    /// The keys of a session with that rank.
    #[must_use]
    pub fn keys(rank: Rank, user: UserId) -> StoreKeys {
        StoreKeys {
            segments: rank.segments().map(Self::key).collect(),
            entitled: rank,
            ledger: DatabaseKey::for_tests(3),
            personal: Some((user, DatabaseKey::for_tests(4))),
        }
    }

    /// Nurse Amara.
    #[must_use]
    pub fn nurse_amara() -> Actor {
        Actor::new(UserId::of("https://id.example", "amara"), Role::Nurse)
    }

    /// Bo at the front desk.
    #[must_use]
    pub fn clerk_bo() -> Actor {
        Actor::new(UserId::of("https://id.example", "bo"), Role::FrontDesk)
    }

    /// The ledger with an unlocked event writer; one at a time.
    #[must_use]
    pub fn ledger(&self) -> Arc<Ledger> {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let event_stamper = Arc::new(EventStamper::new(DeviceId::from_bytes([9; 16]), BootId::make_random(), clock));
        let sealer = Arc::new(AuditSealer(Self::key(Segment::Clinical).hpke_key_pair().public()));
        let event_writer = EventWriter::for_user(event_stamper, sealer, Arc::new(EventKey(Signer::for_tests(2))));
        let key = DatabaseKey::for_tests(3);
        Arc::new(
            Ledger::open_or_create(&ledger_path(self.profile()), &key, event_writer, LEDGER_LIMIT_BYTES)
                .expect("ledger"),
        )
    }

    /// Opens the store of a session.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn try_open(&self, rank: Rank, create: bool) -> Result<(Store, Vec<SegmentReport>), StoreError> {
        let keys = Self::keys(rank, Self::nurse_amara().user);
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let create: &[Segment] = if create { &Segment::ALL } else { &[] };
        Store::open(self.profile(), keys, create, self.ledger(), clock)
    }

    /// Opens the store with all segments up to `top`, made where they are missing.
    #[must_use]
    pub fn open(&self, top: Segment) -> Store {
        self.try_open(Rank::up_to(top), true).expect("store").0
    }

    /// A durable event that covers a read or a sync.
    #[must_use]
    pub fn ticket(store: &Store) -> AuditTicket {
        store.ledger().append(EventDraft::new(EventClass::Sync).by(Self::nurse_amara())).expect("event")
    }

    /// Stores a page of texts as a pull would.
    pub fn pull(store: &Store, texts: &[impl AsRef<str>]) -> PageReport {
        let records = texts.iter().map(|t| Phi::new(t.as_ref().to_owned())).collect();
        store.apply_page(&Self::ticket(store), Page { records, ..Page::default() }).expect("page")
    }

    /// Saves one change set as nurse Amara would.
    ///
    /// # Errors
    /// As [`crate::WriteTx::save_change_set`].
    pub fn save(store: &Store, entries: &[(Operation, Option<&str>, &str)]) -> Result<ChangeSetId, StoreError> {
        let entries = entries
            .iter()
            .map(|(operation, base, raw)| EntryDraft {
                operation: *operation,
                base_version: base.map(str::to_owned),
                raw: Phi::new((*raw).to_owned()),
            })
            .collect();
        store.write(|tx| {
            let ticket = tx.append(&EventDraft::new(EventClass::Update).by(Self::nurse_amara()))?;
            tx.save_change_set(&ticket, ChangeSetDraft { author: Self::nurse_amara().user, entries })
        })
    }
}

impl Default for TestClinic {
    fn default() -> Self {
        Self::new()
    }
}
