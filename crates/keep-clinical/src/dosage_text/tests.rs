use super::*;

fn span(text: &str) -> StructuredSpan {
    let (numbers, unit) = text.split_once(' ').unwrap_or((text, ""));
    let (low, high) = numbers.split_once('-').map_or((numbers, None), |(l, h)| (l, Some(h)));
    StructuredSpan { low: Some(low.to_owned()), high: high.map(str::to_owned), unit: unit.to_owned() }
}

/// A structure in short form: `dose 1-2 tablet; 1 per 4-6 h; on mon fri; at 08:00:00; when ACM; offset 10; count 3;
/// for 7 d; from 2026-11-01; to 2026-11-07; over 30 min; needed; max 8 tablet per 1 d; route Oral; says with food`.
fn structure(short: &str) -> StructuredDosage {
    let mut s = StructuredDosage::default();
    let timing = &mut s.timing;
    let mut dates = (None, None);
    for part in short.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let (key, rest) = part.split_once(' ').unwrap_or((part, ""));
        match key {
            "dose" => {
                let (amount, per) = rest.split_once(" per ").map_or((rest, None), |(a, p)| (a, p.split_once(' ')));
                let per = per.map(|(n, u)| (n.to_owned(), u.to_owned()));
                s.amounts.push(StructuredAmount { amount: span(amount), per });
            }
            "times" => {
                let (times, period) = rest.split_once(" per ").expect("a period");
                (timing.frequency, timing.period) = (span(times), span(period));
            }
            "on" => timing.days = rest.split(' ').map(|d| Weekday::from_code(d).expect("a day")).collect(),
            "at" => timing.times = rest.split(' ').map(str::to_owned).collect(),
            "when" => timing.events = rest.split(' ').map(|e| DayEvent::from_code(e).expect("an event")).collect(),
            "offset" => timing.offset = Some(rest.to_owned()),
            "count" => timing.count = span(rest),
            "for" => timing.bounds = Some(StructuredBounds::Length(span(rest))),
            "from" => dates.0 = Some(rest.to_owned()),
            "to" => dates.1 = Some(rest.to_owned()),
            "over" => timing.duration = span(rest),
            "needed" => s.as_needed = true,
            "max" => {
                let (amount, per) = rest.split_once(" per ").expect("a period");
                let per = match per.split_once(' ') {
                    Some((n, u)) => MaximumPer::Period(n.to_owned(), u.to_owned()),
                    None if per == "dose" => MaximumPer::Administration,
                    None => MaximumPer::Lifetime,
                };
                s.maxima.push(Maximum { amount: span(amount), per });
            }
            "route" => s.route = Some(rest.to_owned()),
            "says" => s.phrases.push(rest.to_owned()),
            other => panic!("{other}"),
        }
    }
    if dates != (None, None) {
        timing.bounds = Some(StructuredBounds::Dates(dates.0, dates.1));
    }
    s
}

fn check(text: &str, short: &str, expected: bool) {
    assert_eq!(structure_says_all(text, &structure(short)), expected, "{text} | {short}");
}

#[test]
fn a_text_that_the_structure_repeats_is_said() {
    for (text, short) in [
        ("10 mg once daily", "dose 10 mg; times 1 per 1 d"),
        ("10mg daily.", "dose 10.0 mg; times 1 per 1 d"),
        (
            "1 to 2 tablets every 4-6 hours as needed, at most 8 a day",
            "dose 1-2 tablet; times 1 per 4-6 h; needed; max 8 tablet per 1 day",
        ),
        (
            "one to two tablets every four to six hours prn; no more than 8 tablets in 24 hours",
            "dose 1-2 tablet; times 1 per 4-6 h; needed; max 8 tablet per 24 h",
        ),
        ("10 units 10 minutes before breakfast", "dose 10 U; times 1 per 1 d; when ACM; offset 10"),
        ("half a tablet twice a day", "dose 0.5 {tbl}; times 2 per 1 d"),
        ("1½ tabs b.i.d.", "dose 1.5 TAB; times 2 per 1 d"),
        ("1 1/2 tablets bid", "dose 1.5 tablet; times 2 per 1 d"),
        ("one and a half tablets in the morning", "dose 1.5 tablet; when MORN"),
        ("10 mg once weekly on Mondays", "dose 10 mg; times 1 per 1 wk; on mon"),
        ("10 mg every Monday at 08:00", "dose 10 mg; on mon; at 08:00:00"),
        ("10 mg on Monday, Wednesday and Friday", "dose 10 mg; times 1 per 1 d; on mon wed fri"),
        ("5 mg Mon-Fri", "dose 5 mg; on mon tue wed thu fri"),
        ("500 mg IM as a single dose", "dose 500 mg; count 1; route Intramuscular (qualifier value)"),
        ("500 mg once", "dose 500 mg; count 1"),
        ("500 mg every 8 hours for 7 days", "dose 500 mg; times 1 per 8 h; for 7 d"),
        ("500mg IV q6h x 3 days", "dose 500 mg; times 1 per 6 h; for 3 d; route Intravenous"),
        ("10 mg q4-6h", "dose 10 mg; times 1 per 4-6 h"),
        ("1,000 mg twice daily with breakfast and with dinner", "dose 1000 mg; times 2 per 1 d; when CM CV"),
        ("425 mg (50 mg/kg/day) every 8 hours", "dose 50 mg/kg/day; dose 425 mg; times 1 per 8 h"),
        ("1 tablet at 8 am and 8 pm", "dose 1 tablet; times 2 per 1 d; at 08:00:00 20:00:00"),
        (
            "2 puffs as needed for wheeze, max 50 mg per dose",
            "dose 2 puff; needed; says Wheeze (finding); max 50 mg per dose",
        ),
        (
            "1 tablet daily from 1 Nov 2026 to 7 Nov 2026",
            "dose 1 tablet; times 1 per 1 d; from 2026-11-01; to 2026-11-07",
        ),
        ("4 tablets daily 1-7 Nov", "dose 4 tablet; times 1 per 1 d; from 2026-11-01; to 2026-11-07"),
        (
            "one capsule three times a day until 10 March 2024",
            "dose 1 capsule; times 3 per 1 d; from 2024-03-03; to 2024-03-10",
        ),
        ("1000 mL at 50 mL/hour", "dose 1000 mL; dose 50 mL per 1 h"),
        ("100 ml over 30-60 minutes", "dose 100 mL; over 30-60 min"),
        ("1 tablet every other day by mouth with food", "dose 1 tablet; times 1 per 2 d; route oral; when C"),
        ("2 drops 2-3 times a day for 3 doses", "dose 2 drop; times 2-3 per 1 d; count 3"),
        ("lifetime", "max 1 mg per lifetime"),
    ] {
        check(text, short, text != "lifetime");
    }
}

#[test]
fn a_text_that_says_more_or_otherwise_is_not() {
    for (text, short) in [
        // The cases that were seen.
        ("four tablets on Monday of each week only", "dose 4 tablet; times 1 per 1 d; on mon"),
        ("10 mg ONCE WEEKLY, on Mondays", "dose 10 mg; on mon; at 08:00:00"),
        ("15 units before lunch", "dose 15 U; times 1 per 1 d"),
        ("500 mg IM as a SINGLE dose", "dose 500 mg; count 1"),
        // Each kind of word.
        ("10 mg daily", "dose 20 mg; times 1 per 1 d"),
        ("10 mg daily", "dose 10 mg; times 2 per 1 d"),
        ("10 mg daily", "dose 10 mg; times 1 per 1 d; on mon"),
        ("10 mg daily on Monday", "dose 10 mg; times 1 per 1 d; on mon"),
        ("10 mg", "dose 10 mg; needed"),
        ("10 mg", "dose 10 mg; on mon"),
        ("10 mg", "dose 10 mg; count 1"),
        ("10 mg twice daily", "dose 10 mg; times 2 per 1 d; when MORN EVE"),
        ("10 mg on Tuesday", "dose 10 mg; on thu"),
        ("10 mg daily, not on Sundays", "dose 10 mg; times 1 per 1 d; on sun"),
        ("do not take with milk", "says milk"),
        ("10 mg daily, maximum 20 mg", "dose 10 mg; times 1 per 1 d; max 20 mg per 1 d"),
        ("10 mg daily, max 20 mg per day", "dose 10 mg; times 1 per 1 d; max 30 mg per 1 d"),
        ("10 mg daily, max 20 mg per day", "dose 10 mg; times 1 per 1 d"),
        ("10 mg daily for 7 days", "dose 10 mg; times 1 per 1 d; for 5 d"),
        ("10 mg daily until 10 March 2024", "dose 10 mg; times 1 per 1 d; to 2024-03-11"),
        ("10 mg before dinner", "dose 10 mg; when ACM"),
        ("10 mg 30 minutes before breakfast", "dose 10 mg; when ACM"),
        ("10 mg then 5 mg", "dose 10 mg; dose 5 mg"),
        ("10 mg and 10 mg", "dose 10 mg"),
        ("10 mg", "dose 10 mg; dose 20 mg"),
        ("75mcg daily daily", "dose 75 mcg; times 1 per 1 d"),
        ("10 mg IV", "dose 10 mg; route oral"),
        ("10 mg per day", "dose 10 mg; times 1 per 1 d"),
        ("2,5 mg daily", "dose 2.5 mg; times 1 per 1 d"),
        ("1 Tablette täglich", "dose 1 tablet; times 1 per 1 d"),
        ("1 comprimé par jour", "dose 1 tablet; times 1 per 1 d"),
        ("每日一次", "times 1 per 1 d"),
        ("take as directed", "dose 1 tablet"),
        ("0.05 - 0.1mg/kg IV over 2-5 minutes", "dose 0.05-0.1 mg/kg; dose 2-6 min; route Intravenous"),
    ] {
        check(text, short, false);
    }
}

#[test]
fn codes_read_back() {
    assert_eq!(Weekday::from_code("sun"), Some(Weekday::Sunday));
    assert_eq!((DayEvent::from_code("PCV"), DayEvent::from_code("x")), (Some(DayEvent::AfterDinner), None));
}
