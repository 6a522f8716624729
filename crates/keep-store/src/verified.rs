//! Which charts of a segment have had their sums compared in this session.

use crate::error::Finding;
use crate::mutex::acquire;
use std::collections::HashSet;
use std::sync::Mutex;

/// The charts of one segment that are known to be whole, and what was found wrong in it.
///
/// INVARIANT: a chart stays in the set only through changes by the tagged writer, which keeps rows and sum together.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<Charts>);

#[derive(Debug, Default)]
struct Charts {
    whole: HashSet<u32>,
    /// Created by the open transaction: whole for it, and removed if it is rolled back.
    new: Vec<u32>,
    findings: Vec<Finding>,
    reported: HashSet<(Option<u32>, &'static str)>,
}

impl Verified {
    pub(crate) fn contains(&self, chart_number: u32) -> bool {
        acquire(&self.0).whole.contains(&chart_number)
    }

    pub(crate) fn insert(&self, chart_number: u32) {
        acquire(&self.0).whole.insert(chart_number);
    }

    /// A chart that the open transaction creates.
    pub(crate) fn insert_new(&self, chart_number: u32) {
        let mut charts = acquire(&self.0);
        if charts.whole.insert(chart_number) {
            charts.new.push(chart_number);
        }
    }

    /// The open transaction has ended.
    pub(crate) fn end_transaction(&self, committed: bool) {
        let mut charts = acquire(&self.0);
        for chart_number in std::mem::take(&mut charts.new) {
            if !committed {
                charts.whole.remove(&chart_number);
            }
        }
    }

    /// Has the next read compare the sum again.
    pub(crate) fn remove(&self, chart_number: u32) {
        acquire(&self.0).whole.remove(&chart_number);
    }

    /// Stores a finding until it is taken; the same one only once per session.
    pub(crate) fn note(&self, finding: Finding) {
        let mut charts = acquire(&self.0);
        if charts.reported.insert((finding.chart, finding.kind.name())) {
            charts.findings.push(finding);
        }
    }

    pub(crate) fn take_findings(&self) -> Vec<Finding> {
        std::mem::take(&mut acquire(&self.0).findings)
    }
}
