//! Reading a chart on two threads: one opens rows while the other converts them.

use crate::error::StoreError;
use crate::ledger::AuditGated;
use crate::mutex::acquire;
use crate::record::Record;
use crate::resource_type;
use crate::skipped_rows::{ChartTypes, Skippable};
use crate::store::Store;
use keep_domain::PatientId;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::channel;

/// Records per batch.
const BATCH: usize = 16;
/// The number of batches from which a second thread is worth its cost.
const ENOUGH: usize = 4;

/// A chart whose records were converted while they were read.
#[derive(Debug)]
pub struct ChartReading<R> {
    /// The converted records, in the order of the chart.
    pub records: Vec<R>,
    /// The number of records of each type that was not asked for; those with security labels are not counted.
    pub other_types: BTreeMap<Cow<'static, str>, u32>,
}

/// What a caller made of a record.
#[derive(Debug)]
pub enum Converted<R> {
    /// This.
    To(R),
    /// It is left out.
    LeftOut,
    /// It is left out, and would be whoever reads it, as long as it does not change.
    OfNoUse,
}

impl<R> From<Option<R>> for Converted<R> {
    fn from(converted: Option<R>) -> Self {
        converted.map_or(Self::LeftOut, Self::To)
    }
}

impl Store {
    /// As [`Store::open_chart`], but converts each record with `read`, on two threads and while the next records are
    /// being opened. The order is that of the chart.
    ///
    /// `read` must let nothing out in another way: its results stay gated.
    ///
    /// # Errors
    /// As [`Store::open_chart`].
    pub fn open_chart_by<R: Send>(
        &self,
        patient: &PatientId,
        types: ChartTypes<'_>,
        read: impl Fn(Record) -> Converted<R> + Sync,
    ) -> Result<AuditGated<ChartReading<R>>, StoreError> {
        let (sender, receiver) = channel::<(usize, Vec<(Record, Option<Skippable>)>)>();
        let queue = Mutex::new(receiver);
        let work = || {
            let (mut done, mut of_no_use) = (Vec::new(), Vec::new());
            loop {
                let next = acquire(&queue).recv();
                let Ok((at, records)) = next else { return (done, of_no_use) };
                // Allocated at once: the results may be large, and growing would move them.
                let mut made = Vec::with_capacity(records.len());
                for (record, skippable) in records {
                    match read(record) {
                        Converted::To(converted) => made.push(converted),
                        Converted::LeftOut => {}
                        Converted::OfNoUse => of_no_use.extend(skippable),
                    }
                }
                done.push((at, made));
            }
        };
        std::thread::scope(|scope| {
            let (mut batch, mut sent, mut second) = (Vec::with_capacity(BATCH), 0, None);
            let found = self.chart_rows(patient, types, &mut |record, skippable| {
                batch.push((record, skippable));
                if batch.len() == BATCH {
                    // The receiver outlives the sender.
                    let _sent = sender.send((sent, std::mem::replace(&mut batch, Vec::with_capacity(BATCH))));
                    sent += 1;
                    if sent == ENOUGH {
                        second = Some(scope.spawn(work));
                    }
                }
            });
            let _sent = sender.send((sent, batch));
            drop(sender);
            let found = found?;
            let (mut parts, mut of_no_use) = work();
            if let Some(second) = second {
                let (more, also) = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                parts.extend(more);
                of_no_use.extend(also);
            }
            parts.sort_unstable_by_key(|(at, _)| *at);
            let mut all = Vec::with_capacity(parts.iter().map(|(_, part)| part.len()).sum());
            parts.iter_mut().for_each(|(_, part)| all.append(part));
            let mut other_types = found.other_types;
            for name in of_no_use.iter().filter_map(|row| resource_type::name_of(row.code)) {
                let count: &mut u32 = other_types.entry(Cow::Borrowed(name)).or_default();
                *count = count.saturating_add(1);
            }
            self.skipped.add(of_no_use.into_iter().map(|row| row.tag));
            Ok(AuditGated::new(ChartReading { records: all, other_types }))
        })
    }
}
