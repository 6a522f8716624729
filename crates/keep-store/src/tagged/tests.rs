use crate::id_key::IdKey;
use crate::journal::JournalKind;
use crate::record::StateBits;
use crate::segment_access::SegmentAccess;
use crate::tagged::{RowDraft, TaggedWriter, verify_charts};
use crate::{codec, migrations};
use keep_domain::Segment;
use keep_keys::SegmentKey;
use proptest::prelude::*;
use rusqlite::Connection;

fn segment() -> (Connection, SegmentAccess) {
    let key = SegmentKey::for_tests(Segment::Clinical, 1, 7);
    let mut conn = Connection::open_in_memory().expect("memory");
    migrations::SEGMENT.apply(&mut conn).expect("made");
    let mut access = SegmentAccess::new(&key);
    access.schema = "main";
    access.sql = crate::segment_access::Statements::of("main");
    let tag = access.tagger.state(0, &[0; 32], 0);
    conn.execute("INSERT INTO segment_state VALUES (1, 1, 0, zeroblob(32), 0, ?1)", [tag]).expect("state");
    access.confirmed.set(crate::derived::Derived::Ids);
    (conn, access)
}

fn id(n: u8) -> IdKey {
    IdKey::of(&format!("r{n}").parse().expect("id"))
}

/// One thing that can happen to a segment.
#[derive(Debug, Clone)]
enum Step {
    Put { row: u8, patient: Option<u8>, text: u8 },
    Amend { row: u8, version: u8 },
    Remove { row: u8 },
    Journal { key: u8, drop: bool },
    Commit,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0u8..12, prop::option::of(0u8..4), any::<u8>()).prop_map(|(row, patient, text)| Step::Put { row, patient, text }),
        2 => (0u8..12, any::<u8>()).prop_map(|(row, version)| Step::Amend { row, version }),
        2 => (0u8..12).prop_map(|row| Step::Remove { row }),
        1 => (0u8..4, any::<bool>()).prop_map(|(key, drop)| Step::Journal { key, drop }),
        2 => Just(Step::Commit),
    ]
}

fn perform(writer: &mut TaggedWriter<'_>, step: &Step) {
    match step {
        Step::Put { row, patient, text } => {
            let patient = patient.map(|p| IdKey::of(&format!("p{p}").parse().expect("id")));
            let body = codec::compress(format!("{{\"n\":{text}}}").as_bytes()).expect("body");
            let draft = RowDraft {
                type_name: "Observation",
                code: None,
                id: &id(*row),
                patient: patient.as_ref(),
                version: "1",
                updated: 0,
                state: StateBits::SYNCED,
                labels: "",
                body: &body,
                fresh: false,
            };
            writer.put(&draft).expect("put");
        }
        Step::Amend { row, version } => {
            let changed = writer.amend("Observation", &id(*row), |r| r.version = version.to_string());
            assert!(matches!(changed, Ok(_) | Err(crate::error::StoreError::NotAvailable)));
        }
        Step::Remove { row } => {
            writer.remove("Observation", &id(*row)).expect("removed");
        }
        Step::Journal { key, drop: true } => writer.drop_journal(JournalKind::Elsewhere, &[*key]).expect("dropped"),
        Step::Journal { key, drop: false } => {
            writer.put_journal(&[*key], &crate::inbox::MissingSegmentRow { version: "1".into() }).expect("kept");
        }
        Step::Commit => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever is written, in whatever order and however it is grouped into transactions: the rows add up.
    #[test]
    fn charts_and_root_always_add_up(steps in prop::collection::vec(step(), 1..60)) {
        let (conn, access) = segment();
        for transaction in steps.split(|s| matches!(s, Step::Commit)) {
            conn.execute_batch("BEGIN").expect("begin");
            let mut writer = TaggedWriter::begin(&conn, &access).expect("writer");
            transaction.iter().for_each(|s| perform(&mut writer, s));
            writer.finish().expect("finished");
            conn.execute_batch("COMMIT").expect("commit");
            verify_charts(&conn, &access).expect("root");
        }
        let mut charts = conn.prepare("SELECT ordinal FROM chart").expect("charts");
        let chart_numbers: Vec<u32> = charts.query_map([], |r| r.get(0)).expect("rows").collect::<Result<_, _>>().expect("rows");
        let mut rows = 0;
        for chart_number in chart_numbers {
            let chart = access.chart(&conn, chart_number).expect("tag").expect("row");
            let (from, to) = crate::segment_access::row_ids_of(chart_number);
            let mut statement = conn.prepare(&access.sql.window).expect("window");
            let stored: Vec<_> = statement.query_map((from, to), SegmentAccess::resource_of).expect("rows")
                .collect::<Result<_, _>>().expect("rows");
            let mut sum = crate::sum::Sum::default();
            for row in &stored {
                access.check_row(row, "Observation").expect("tag");
                sum.add(&row.tag);
            }
            prop_assert_eq!((chart.sum, chart.rows), (sum, stored.len() as i64));
            rows += stored.len() as i64;
        }
        let counted: Option<i64> = conn.query_row("SELECT sum(count) FROM type_count", [], |r| r.get(0)).expect("count");
        prop_assert_eq!(counted.unwrap_or(0), rows);
    }
}
