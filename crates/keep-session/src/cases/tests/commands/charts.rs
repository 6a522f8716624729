//! The commands that read a chart.

use super::Leaves::{self, Events, Nothing};
use super::{E, ok, run};
use crate::cases::tests::documents::letter;
use crate::cases::{chart, documents};
use crate::dto::chart::timeline::RecordRequestDto;
use crate::dto::chart::{TimelineWindowDto, WindowDto};
use crate::testing::nurse_amara;

fn window() -> WindowDto {
    WindowDto { patient: String::from("maria"), offset: 0, limit: 50 }
}

pub(super) fn commands() -> Vec<(&'static str, Leaves)> {
    vec![
        ("close_document", Nothing("nothing is read or written")),
        ("document_chunk", Nothing("the event of `open_document` covers it")),
        (
            "open_document",
            Events(
                nurse_amara,
                |c| {
                    c.has_a_letter();
                    run(c, |c| ok(documents::open_document(&c.workstation, letter(false))).size)
                },
                &[E::ChartRead],
            ),
        ),
        (
            "chart_notes",
            Events(
                nurse_amara,
                |c| run(c, |c| ok(chart::chart_notes(&c.workstation, window())).total),
                &[E::ChartRead],
            ),
        ),
        (
            "chart_results",
            Events(
                nurse_amara,
                |c| run(c, |c| ok(chart::chart_results(&c.workstation, window())).total),
                &[E::ChartRead],
            ),
        ),
        (
            "chart_timeline",
            Events(
                nurse_amara,
                |c| {
                    run(c, |c| {
                        ok(chart::chart_timeline(&c.workstation, TimelineWindowDto { tab: None, window: window() }))
                            .total
                    })
                },
                &[E::ChartRead],
            ),
        ),
        (
            "chart_record",
            Events(
                nurse_amara,
                |c| {
                    let (patient, reference) = (String::from("maria"), String::from("Patient/maria"));
                    let request = RecordRequestDto { patient, reference, part: 0 };
                    run(c, |c| ok(chart::chart_record(&c.workstation, request)).details.len())
                },
                &[E::ChartRead],
            ),
        ),
        ("close_chart", Nothing("nothing is read or written")),
        (
            "open_chart",
            Events(nurse_amara, |c| run(c, |c| drop(ok(chart::open_chart(&c.workstation, "maria")))), &[E::ChartRead]),
        ),
    ]
}
