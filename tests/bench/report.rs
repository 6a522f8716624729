//! The report: a table for people and `report.json` for programs.

use crate::timing::Samples;
use serde::Serialize;
use std::path::Path;

/// One work as it is reported.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) unit: &'static str,
    /// `lower` or `higher`.
    pub(crate) better: &'static str,
    /// End to end through the session.
    pub(crate) ours: f64,
    /// The store by itself, over the same files.
    pub(crate) store_only: Option<f64>,
    pub(crate) baseline: Option<f64>,
    pub(crate) baseline_is: &'static str,
    /// How many measurements, over what.
    pub(crate) over: String,
    /// What the issue of this product asks for, in words.
    pub(crate) target: &'static str,
    pub(crate) met: Option<bool>,
}

impl Row {
    /// A work without a target, of which the caller says the rest.
    pub(crate) fn new(work: &'static str, better: &'static str, ours: f64, baseline: f64) -> Self {
        Self {
            work,
            unit: "",
            better,
            ours,
            store_only: None,
            baseline: Some(baseline),
            baseline_is: "",
            over: String::new(),
            target: "none",
            met: None,
        }
    }

    /// The same percentile, 50 or 99, of ours, of the store by itself and of the baseline.
    pub(crate) fn of_times(
        work: &'static str,
        percent: usize,
        ours: &Samples,
        store_only: Option<&Samples>,
        baseline: &Samples,
    ) -> Self {
        let unit = if percent == 50 { "ms p50" } else { "ms p99" };
        let store_only = store_only.map(|s| s.percentile(percent));
        Self { unit, store_only, ..Self::new(work, "lower", ours.percentile(percent), baseline.percentile(percent)) }
    }

    /// Records a second.
    pub(crate) fn of_rates(work: &'static str, ours: f64, store_only: Option<f64>, baseline: f64) -> Self {
        Self { unit: "records/s", store_only, ..Self::new(work, "higher", ours, baseline) }
    }

    /// How many times better than the baseline.
    pub(crate) fn factor(&self) -> Option<f64> {
        let baseline = self.baseline?;
        Some(if self.better == "lower" { baseline / self.ours } else { self.ours / baseline })
    }

    fn line(&self) -> String {
        let number = |n: Option<f64>| n.map_or_else(|| String::from("-"), |n| format!("{n:.2}"));
        let met = match self.met {
            None => "",
            Some(true) => "met",
            Some(false) => "NOT met",
        };
        format!(
            "{:<20} {:>12} {:>12} {:>12} {:>8}  {:<12} {:<14} {} ({})",
            self.work,
            format!("{:.2}", self.ours),
            number(self.store_only),
            number(self.baseline),
            self.factor().map_or_else(|| String::from("-"), |f| format!("{f:.1}x")),
            self.unit,
            self.target,
            met,
            self.over,
        )
    }
}

/// Prints the table and writes the file, where there is one.
pub(crate) fn finish(rows: &[Row], file: Option<&Path>) -> std::io::Result<()> {
    println!();
    println!(
        "{:<20} {:>12} {:>12} {:>12} {:>8}  {:<12} target",
        "work", "ours", "store only", "baseline", "factor", "unit"
    );
    for row in rows {
        println!("{}", row.line());
    }
    let Some(file) = file else { return Ok(()) };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, serde_json::to_vec_pretty(rows)?)?;
    println!("\nWritten: {}", file.display());
    Ok(())
}
