use super::*;
use crate::mutex::acquire;
use crate::{ChartOwner, ChartTypes, Converted, StoreError};
use keep_domain::{Phi, Segment, UtcMillis};
use std::sync::Mutex;

/// The patients who match as typed, without those of similar names.
fn found(store: &Store, typed: &str) -> Vec<String> {
    let page = store.search_patients(typed, 0, 50).expect("search").release(TestClinic::ticket(store));
    let exact = usize::try_from(page.exact).expect("few");
    page.patients.iter().take(exact).map(|p| p.key.id.to_string()).collect()
}

#[test]
fn patients_are_found_by_what_people_type() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(
        &store,
        &[&patient("103", "Gonzaga", "Okon", "1958-03-02", 1), &patient("104", "Ruiz", "Gonzala", "1971-01-01", 1)],
    );
    let check = |typed: &str, expected: &[&str]| assert_eq!(found(&store, typed), expected, "{typed}");
    check("gonz", &["103", "101", "104"]);
    check("GONZALEZ", &["101"]);
    check("ada gonz", &["101"]);
    check("gonz ada", &["101"]);
    check("oka", &["102"]);
    check("ok", &["102", "103"]);
    check("1958-03-14", &["101"]);
    check("14.03.1958", &["101"]);
    check("gonz 14.03.1958", &["101"]);
    check("gonz 1958-03", &["103", "101"]);
    check("gonz 1959", &[]);
    check("1958", &["103", "101"]);
    check("gonz 1958", &["103", "101"]);
    check("1958-03 gonz ada", &["101"]);
    check("14/03/1958 ada", &["101"]);
    check("ada 0101", &["101"]);
    check("ada 1990", &[]);
    check("b", &[]);
    check("CH-102", &["102"]);
    for typed in ["ch102", "ch.102", "CH 102", "CH/1-02", "ada-102"] {
        check(typed, if typed.starts_with("ada") { &[] } else { &["102"] });
    }
    check("555 010 102", &["102"]);
    check("10102", &["102"]);
    check("zzz", &[]);
    assert_eq!(found(&store, "").len(), 4);
    let page = store.search_patients("gonz", 1, 1).expect("search").release(TestClinic::ticket(&store));
    assert_eq!((page.patients.len(), page.total, page.more), (1, 3, false));
}

fn person(id: &str, name: &str, born: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"1"}},"name":[{name}],"birthDate":"{born}"}}"#
    )
}

#[test]
fn names_of_every_script_are_found_as_they_are_typed() {
    let clinic = TestClinic::new();
    let store = clinic.open(Segment::Restricted);
    let people = [
        person("zh", r#"{"family":"王","given":["小明"]}"#, "1970-05-05"),
        person("zh-text", r#"{"text":"李小龙"}"#, "1970-05-05"),
        person("ko", r#"{"family":"김","given":["민수"]}"#, "1970-05-05"),
        person("ja", r#"{"family":"山田","given":["たろう"]}"#, "1970-05-05"),
        person("tr", r#"{"family":"Yılmaz","given":["Işık"]}"#, "1971-05-05"),
        person("el", r#"{"family":"Παπαδόπουλος","given":["Γιώργος"]}"#, "1972-05-05"),
        person("fa", r#"{"text":"آدم علی‌رضا"}"#, "1974-05-05"),
        person("ar", r#"{"family":"السيد","given":["فاطمة","هدى"]}"#, "1975-05-05"),
        person("ka", r#"{"family":"ყიფიანი","given":["ნინო"]}"#, "1976-05-05"),
        person("compound", r#"{"family":"Al-Sayed","given":["Anne-Marie"]}"#, "1977-05-05"),
        person("old", r#"{"use":"old","family":"Zuse"},{"use":"official","family":"Abel"}"#, "1977-05-05"),
    ];
    TestClinic::pull(&store, &people.iter().map(String::as_str).collect::<Vec<_>>());
    for (id, typed) in [
        ("zh", ["王小明", "小明王", "王 小明", "小明", "王小"].as_slice()),
        ("zh-text", &["李小龙", "李 小龙", "小龙 李", "小龙李", "龙"]),
        ("ko", &["김민수", "김 민수", "민수", "민수김", "김민"]),
        ("ja", &["山田たろう", "山田タロウ", "ﾀﾛｳ", "たろう山田"]),
        ("tr", &["YILMAZ", "yilmaz", "Yılmaz", "isik", "Işık", "ISIK", "IŞIK yıl"]),
        ("el", &["ΠΑΠΑΔΟΠΟΥΛΟΣ", "παπαδοπουλος", "παπαδοπουλοσ", "Παπαδόπ"]),
        ("fa", &["علي", "علی", "على", "علیرضا", "رضا", "علی‌رضا", "ادم", "آدم", "۱۹۷۴", "١٩٧٤", "１９７４"]),
        ("ar", &["فاطمه", "السید", "هدي", "فَاطِمَة", "الســيد"]),
        ("ka", &["ყიფიანი", "ᲧᲘᲤᲘᲐᲜᲘ"]),
        ("compound", &["al-sayed", "alsayed", "sayed", "Annemarie", "marie", "al sayed"]),
        ("old", &["zuse", "abel"]),
    ] {
        for typed in typed {
            assert_eq!(found(&store, typed), [id], "{typed}");
        }
    }
    // A list is in the order of the names that it shows.
    assert_eq!(found(&store, "")[..2], ["old", "compound"]);
}

#[test]
fn one_slip_finds_similar_names_behind_the_exact_ones() {
    let (_clinic, store) = two_patients();
    let others = [patient("103", "Okafer", "Ben", "1970-01-01", 1), patient("104", "Иванова", "Анна", "1960-01-01", 1)];
    TestClinic::pull(&store, &others.each_ref().map(String::as_str));
    let search = |typed: &str| {
        let page = store.search_patients(typed, 0, 50).expect("search").release(TestClinic::ticket(&store));
        let ids: Vec<String> = page.patients.iter().map(|p| p.key.id.to_string()).collect();
        assert_eq!(usize::try_from(page.total), Ok(ids.len()));
        (ids.join(" "), page.exact)
    };
    assert_eq!(search("okafor"), ("102 103".to_owned(), 1));
    for typed in ["gonzlez", "gnozalez", "ginzalez", "gonzalezz", "honzalez", "onzalez", "ada gonsalez", "gonzlez 1958"]
    {
        assert_eq!(search(typed), ("101".to_owned(), 0), "{typed}");
    }
    assert_eq!(search("ивонова"), ("104".to_owned(), 0));
    for typed in ["gonsales", "gonzlez 1959", "adx", "gonzlez 0101", "555 010 103"] {
        assert_eq!(search(typed).1, u32::from(typed.starts_with('5')), "{typed}");
        assert!(search(typed).0.len() < 4, "{typed}");
    }
    assert_eq!(search("").1, 4);
}

#[test]
fn a_text_without_letters_finds_no_one_and_says_so() {
    let (_clinic, store) = two_patients();
    let search = |typed: &str| {
        let page = store.search_patients(typed, 0, 50).expect("search").release(TestClinic::ticket(&store));
        (page.patients.len(), page.unusable)
    };
    for typed in ["?", "--", "🙂", "\u{200c}"] {
        assert_eq!(search(typed), (0, true), "{typed}");
    }
    assert_eq!((search(""), search("  "), search("qqq")), ((2, false), (2, false), (0, false)));
}

#[test]
fn a_date_is_found_as_it_is_shown() {
    let (_clinic, store) = two_patients();
    for typed in ["14-Mar-1958", "14 Mar 1958", "March 14, 1958", "14/3/58", "Mar-1958", "1958年3月14日"] {
        assert_eq!(found(&store, typed), ["101"], "{typed}");
    }
    let timed = person("t", r#"{"family":"Timed"}"#, "1990-02-28T00:00:00");
    TestClinic::pull(&store, &[&timed]);
    assert_eq!(found(&store, "28-Feb-1990"), ["t"]);
}

#[test]
fn a_link_to_a_related_person_shares_no_chart() {
    let (_clinic, store) = two_patients();
    let child = r#"{"resourceType":"Patient","id":"7002","meta":{"versionId":"1"},"link":[{"other":{"reference":"RelatedPerson/101"},"type":"seealso"}]}"#;
    TestClinic::pull(&store, &[child]);
    let keys: Vec<String> = chart(&store, "7002").iter().map(|r| r.key.to_string()).collect();
    assert_eq!(keys, ["Patient/7002"]);
}

#[test]
fn a_record_number_is_found_without_its_letters() {
    let (_clinic, store) = two_patients();
    // With a telephone that ends in other digits than the number.
    let ruiz = |version, number: &str| {
        let text = patient("7", "Ruiz", "Eva", "1971-01-01", version);
        text.replace("CH-7", number).replace("555-010-7", "+254 700 111 333")
    };
    let bello = patient("9", "Bello", "Sol", "1960-05-05", 1).replace("CH-9", "MRN.77-12.009-X");
    TestClinic::pull(&store, &[&ruiz(1, "CH-002208"), &bello]);
    let check = |typed: &str, expected: &[&str]| assert_eq!(found(&store, typed), expected, "{typed}");
    for typed in ["002208", "2208", "208", "00-22.08", "002 208", "ruiz 2208", "CH-0022", "ch.00.22.08", "ch 002208"] {
        check(typed, &["7"]);
    }
    // Not its end, and too little of it.
    check("0022080", &[]);
    check("00220", &[]);
    check("08", &[]);
    check("bello 2208", &[]);
    for typed in ["MRN7712009X", "mrn 77 12", "MRN-7712.009"] {
        check(typed, &["9"]);
    }
    // It ends in a letter, so its digits are no end.
    check("12009", &[]);
    for (version, before, now) in [(2, "2208", "4470"), (3, "4470", "5,581")] {
        TestClinic::pull(&store, &[&ruiz(version, &format!("CH-{now}"))]);
        check(before, &[]);
        check(now, &["7"]);
        store.rebuild_search().expect("rebuilt");
        check(before, &[]);
        check(now, &["7"]);
    }
    // Twice in one page.
    TestClinic::pull(&store, &[&ruiz(4, "CH-7771"), &ruiz(5, "CH-8881")]);
    check("7771", &[]);
    check("8881", &["7"]);
}

#[test]
fn a_name_of_any_length_is_found_by_every_beginning() {
    let (_clinic, store) = two_patients();
    let long = "Wojciechowska-Ñandú";
    TestClinic::pull(&store, &[&patient("105", long, "Bo", "1958-03-14", 1)]);
    for name in ["wojciechowska", "nandu", "ñandú"] {
        for letters in 1..=name.chars().count() {
            let beginning: String = name.chars().take(letters).collect();
            assert_eq!(found(&store, &beginning), ["105"], "{beginning}");
            assert_eq!(found(&store, &format!("{beginning} bo 14.3.1958")), ["105"], "{beginning}");
            assert_eq!(found(&store, &format!("{beginning}x")), [""; 0], "{beginning}x");
        }
    }
}

#[test]
fn a_changed_patient_is_found_by_the_new_name_only() {
    let (_clinic, store) = two_patients();
    TestClinic::pull(&store, &[&patient("102", "Bello", "Chidi", "1990-11-02", 2)]);
    assert_eq!((found(&store, "okafor").len(), found(&store, "bello").len()), (0, 1));
    store.rebuild_search().expect("rebuilt");
    assert_eq!((found(&store, "okafor").len(), found(&store, "bello").len()), (0, 1));
    assert_eq!(store.type_counts().expect("counts").get("Patient"), Some(&2));
    clean(&store);
}

#[test]
fn a_merged_index_finds_the_same_patients() {
    let (_clinic, store) = two_patients();
    for n in 200..260 {
        TestClinic::pull(&store, &[&patient(&n.to_string(), "Gonzaga", "Okon", "1958-03-02", 1)]);
    }
    TestClinic::pull(&store, &[&patient("200", "Bello", "Okon", "1958-03-02", 2)]);
    let people = (found(&store, "gonz"), found(&store, "bel"), found(&store, "oko 1958"));
    assert_eq!((people.0.len(), people.1.len(), people.2.len()), (50, 1, 50));
    let parts = || {
        let sql = "SELECT count(DISTINCT segid) FROM main.patient_name_idx";
        store.read(|conn| Ok(conn.query_row(sql, [], |r| r.get::<_, u32>(0))?)).expect("parts")
    };
    assert!(parts() > 1, "the pages left the index in {} part", parts());
    for _again in 0..2 {
        store.optimize_search().expect("in order");
        assert_eq!(parts(), 1);
        assert_eq!((found(&store, "gonz"), found(&store, "bel"), found(&store, "oko 1958")), people);
    }
    clean(&store);
}

#[test]
fn a_chart_has_everything_of_one_person_and_nothing_of_another() {
    let (_clinic, store) = two_patients();
    let keys: Vec<String> = chart(&store, "101").iter().map(|r| r.key.to_string()).collect();
    assert_eq!(keys, ["Patient/101", "Observation/o1", "AllergyIntolerance/a1"]);
    let only = store.open_chart(&"101".parse().expect("id"), &["AllergyIntolerance"]).expect("chart");
    let only = only.release(TestClinic::ticket(&store));
    assert_eq!(only.records.len(), 1);
    assert_eq!(only.records[0].raw, Phi::new(allergy("a1", "101", "PENICILLIN ANAPHYLAXIS")));
    assert_eq!(store.open_chart(&"nobody".parse().expect("id"), &[]).err(), Some(StoreError::NotAvailable));
}

#[test]
fn linked_patients_share_a_chart() {
    let (_clinic, store) = two_patients();
    let old = r#"{"resourceType":"Patient","id":"100","meta":{"versionId":"1"},"active":false,"link":[{"other":{"reference":"Patient/101"},"type":"replaced-by"}]}"#;
    TestClinic::pull(&store, &[old, &observation("o9", "100", "66", Some(1))]);
    for asked in ["100", "101"] {
        let ids: Vec<String> = chart(&store, asked).iter().map(|r| r.key.id.to_string()).collect();
        assert_eq!(ids.len(), 5, "{asked}: {ids:?}");
    }
    let owner = |patient: &str, key: &str| {
        store.chart_owner(&patient.parse().expect("id"), &key.parse().expect("key")).expect("owner")
    };
    for asked in ["100", "101"] {
        assert_eq!(owner(asked, "Observation/o9"), Some(ChartOwner::SamePerson));
        assert_eq!(owner(asked, "Patient/100"), Some(ChartOwner::SamePerson));
        assert_eq!(owner(asked, "Observation/none"), None);
    }
    assert_eq!(owner("102", "Observation/o9"), Some(ChartOwner::OtherPerson));
    assert_eq!(owner("nobody", "Observation/o9"), Some(ChartOwner::OtherPerson));
    TestClinic::pull(&store, &[r#"{"resourceType":"Practitioner","id":"p9","meta":{"versionId":"1"}}"#]);
    assert_eq!(owner("101", "Practitioner/p9"), Some(ChartOwner::Unassigned));
}

#[test]
fn the_days_appointments_come_in_order() {
    let (_clinic, store) = two_patients();
    let at = |id: &str, start: &str| {
        format!(
            r#"{{"resourceType":"Appointment","id":"{id}","meta":{{"versionId":"1"}},"status":"booked","start":"{start}","participant":[{{"actor":{{"reference":"Patient/101"}},"status":"accepted"}}]}}"#
        )
    };
    let (late, early, other) =
        (at("t1", "2026-11-22T14:00:00Z"), at("t2", "2026-11-22T08:00:00Z"), at("t3", "2026-11-23T08:00:00Z"));
    TestClinic::pull(&store, &[&late, &early, &other]);
    let day = |d: &str| UtcMillis::from_rfc3339(d).expect("day");
    let list = store
        .day_list("Appointment", day("2026-11-22T00:00:00Z"), day("2026-11-23T00:00:00Z"), 50)
        .expect("list")
        .release(TestClinic::ticket(&store));
    let rows: Vec<_> =
        list.iter().map(|r| (r.record.key.id.as_str(), r.patient.as_ref().map(|p| p.as_str()))).collect();
    assert_eq!(rows, [("t2", Some("101")), ("t1", Some("101"))]);
}

#[test]
fn a_chart_read_on_two_threads_has_the_same_order_and_omissions() {
    let (_clinic, store) = two_patients();
    let texts: Vec<String> = (0..400).map(|n| observation(&format!("o{n}"), "101", "70", Some(1))).collect();
    TestClinic::pull(&store, &texts);
    let ids = |records: &[Record]| records.iter().map(|r| r.key.id.to_string()).collect::<Vec<_>>();
    let patient: PatientId = "101".parse().expect("id");
    // The first time its sum is compared, after that its rows come as they are read.
    for _ in 0..3 {
        let odd =
            |r: Record| (!r.key.id.as_str().ends_with(['0', '2', '4', '6', '8'])).then(|| r.key.id.to_string()).into();
        let held = store.open_chart_by(&patient, ChartTypes::all_of(&["Observation"]), odd).expect("chart");
        let mut expected = ids(&chart(&store, "101"));
        expected.retain(|id| id.starts_with('o') && !id.ends_with(['0', '2', '4', '6', '8']));
        assert_eq!((expected.len(), held.release(TestClinic::ticket(&store)).records), (200, expected));
    }
    let nobody =
        store.open_chart_by(&"nobody".parse().expect("id"), ChartTypes::all_of(&[]), Converted::To).map(|_| ());
    assert_eq!(nobody.err(), Some(StoreError::NotAvailable));
}

#[test]
fn a_chart_read_by_type_counts_the_records_of_other_types() {
    let (_clinic, store) = two_patients();
    let report = |id: &str, label: &str| {
        format!(
            r#"{{"resourceType":"DiagnosticReport","id":"{id}","meta":{{"versionId":"1"{label}}},"subject":{{"reference":"Patient/101"}}}}"#
        )
    };
    let foreign =
        r#"{"resourceType":"NewType","id":"n1","meta":{"versionId":"1"},"subject":{"reference":"Patient/101"}}"#;
    let labelled = report("d3", r#","security":[{"code":"N"}]"#);
    TestClinic::pull(&store, &[&report("d1", ""), &report("d2", ""), &labelled, foreign]);
    let patient: PatientId = "101".parse().expect("id");
    // The first time its sum is compared, after that the other rows are skipped.
    for _ in 0..2 {
        let held = store
            .open_chart_by(&patient, ChartTypes::all_of(&["Patient", "Observation"]), Converted::To)
            .expect("chart");
        let found = held.release(TestClinic::ticket(&store));
        assert!(found.records.iter().all(|r| ["Patient", "Observation"].contains(&r.key.resource_type.as_str())));
        let others: Vec<_> = found.other_types.iter().map(|(name, count)| (name.as_ref(), *count)).collect();
        assert_eq!(others, [("AllergyIntolerance", 1), ("DiagnosticReport", 2), ("NewType", 1)]);
    }
}

#[test]
fn a_record_that_was_of_no_use_is_read_again_only_after_it_changed() {
    let (_clinic, store) = two_patients();
    let procedure = |id: &str, version: u32, label: &str| {
        format!(
            r#"{{"resourceType":"Procedure","id":"{id}","meta":{{"versionId":"{version}"{label}}},"status":"completed","subject":{{"reference":"Patient/101"}}}}"#
        )
    };
    let labelled = procedure("p3", 1, r#","security":[{"code":"N"}]"#);
    TestClinic::pull(&store, &[&procedure("p1", 1, ""), &procedure("p2", 1, ""), &labelled]);
    let patient: PatientId = "101".parse().expect("id");
    let types = ChartTypes { read: &["Procedure"], skippable: &["Procedure"] };
    let read = |wanted: &str| {
        let seen = Mutex::new(Vec::new());
        let keep = |record: Record| {
            acquire(&seen).push(record.key.id.to_string());
            if record.key.id.as_str() == wanted { Converted::To(()) } else { Converted::OfNoUse }
        };
        let found = store.open_chart_by(&patient, types, keep).expect("chart").release(TestClinic::ticket(&store));
        let mut seen = seen.into_inner().expect("not poisoned");
        seen.sort();
        (seen.join(" "), found.records.len(), found.other_types.get("Procedure").copied())
    };
    assert_eq!(read("p2"), (String::from("p1 p2 p3"), 1, Some(1)));
    // One with a label is read each time, and counted by nobody else.
    assert_eq!(read("p2"), (String::from("p2 p3"), 1, Some(1)));
    TestClinic::pull(&store, &[&procedure("p1", 2, "")]);
    assert_eq!(read("p1"), (String::from("p1 p2 p3"), 1, Some(1)));
    assert_eq!(read("p1"), (String::from("p1 p3"), 1, Some(1)));
    let all = store.open_chart(&patient, &["Procedure"]).expect("chart").release(TestClinic::ticket(&store));
    assert_eq!(all.records.len(), 3);
}
