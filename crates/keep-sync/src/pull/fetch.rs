//! The rows of one pass: searches, each page by page, until all rows were received.

use super::paging::Paging;
use super::pass::{FirstCount, RunningPass};
use super::prefetch::FEW_ROWS;
use super::puller::Puller;
use crate::blocking::blocking;
use crate::error::SyncError;
use crate::fhir_client::{BundlePage, MatchIds, Search, parse_search};
use crate::response_times::ResponseTimes;
use keep_domain::{Phi, UtcMillis};
use std::time::Duration;

/// How often a search that the server has forgotten is repeated without progress.
const MAX_RESTARTS: u32 = 3;
/// The page size, doubled each time, where more rows than a page have the same `lastUpdated`.
const WIDE_PAGE: u32 = 1_000;

/// A batch is stored from this many records on; a first load in large batches is sorted by chart.
const BATCH: usize = 20_000;
/// A batch is stored after this long, however small it is, so that a slow connection loses little.
const BATCH_INTERVAL: Duration = Duration::from_secs(5);

/// What the last page of a search says about the whole.
struct LastPage {
    total: Option<u64>,
    entry_count: usize,
    /// The page size, as requested or as the server reports it.
    page_size: u32,
}

/// The end of the `next` links of a search.
enum ChainEnd {
    /// The server links no further page.
    Last(LastPage),
    /// The search goes on, as a new one from the last time on.
    Broken,
    /// The next page is too large to receive.
    TooLarge,
}

/// One search for the rows of a pass.
#[derive(Clone, Copy)]
struct RowSearch {
    from: Option<UtcMillis>,
    count: u32,
    /// Rows to skip, where neither links nor times lead further.
    offset: Option<u64>,
}

/// How a search that ended without progress is repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detour {
    None,
    /// With a page size that was doubled so often.
    LargerPage(u32),
    /// From the row that follows those received.
    Offset,
}

impl Puller {
    /// Searches until all rows were received, or all that the server shows: see [`PullState::mark_short`].
    ///
    /// [`PullState::mark_short`]: super::state::PullState::mark_short
    pub(super) async fn fetch_all(&self, run: &mut RunningPass<'_>, paging: &mut Paging) -> Result<(), SyncError> {
        let (mut restarts, mut detour) = (0, Detour::None);
        let (size_before, mut is_oversized) = (paging.size, !run.state.oversized().is_empty());
        loop {
            let from = run.state.plan_request().fetch_from();
            if is_oversized {
                paging.size = size_before;
                if self.pass_oversized(run, from).await? {
                    return Ok(());
                }
                continue;
            }
            let search = RowSearch {
                from,
                count: match (detour, &run.prefetched) {
                    (Detour::LargerPage(times), _) => WIDE_PAGE << times,
                    (_, Some(_)) => FEW_ROWS,
                    _ => paging.size.count(),
                },
                offset: (detour == Detour::Offset).then(|| run.guard.seen_count()),
            };
            if search.offset.is_none() {
                run.begin_search();
            }
            let seen = run.guard.seen_count();
            let first = match self.first_page(run, search).await {
                Err(SyncError::TooLarge) if detour == Detour::None => {
                    is_oversized = paging.size.is_small() || !paging.size.halve();
                    continue;
                }
                Err(SyncError::Truncated) if detour == Detour::None && paging.size.halve() => continue,
                Err(SyncError::Failed { status: 400..=499 | 501, .. }) if search.offset.is_some() => {
                    run.end_short(from, None);
                    return Ok(());
                }
                other => other.inspect_err(|_| {
                    paging.size.halve();
                })?,
            };
            let chain = self.follow(first, search.count, run, paging).await?;
            if matches!(chain, ChainEnd::TooLarge) {
                is_oversized = paging.size.is_small() || !paging.size.halve();
                continue;
            }
            let reached = run.state.pass.as_ref().and_then(|p| p.reached);
            let has_advanced = reached > from && !run.state.is_unordered();
            if let ChainEnd::Last(last) = &chain
                && last.is_complete(run.guard.seen_count(), paging)
            {
                run.note_count(from, last);
                return Ok(());
            }
            // It is repeated from the last time.
            if has_advanced {
                (restarts, detour) = (0, Detour::None);
                continue;
            }
            // The server says that there is more and links no page that shows it. A list of ids decides.
            if matches!(chain, ChainEnd::Last(_))
                && search.offset.is_none()
                && self.all_received(run.key, from, &run.guard).await?
            {
                return Ok(());
            }
            let is_forgotten = matches!(chain, ChainEnd::Broken) && !paging.by_time_only;
            detour = match detour {
                Detour::None if chain.is_full() => Detour::LargerPage(1),
                Detour::LargerPage(times) if chain.is_full() && times < MAX_RESTARTS => Detour::LargerPage(times + 1),
                Detour::Offset if run.guard.seen_count() == seen => {
                    run.end_short(from, chain.total());
                    return Ok(());
                }
                _ if is_forgotten => Detour::LargerPage(1),
                _ => Detour::Offset,
            };
            restarts = if is_forgotten { restarts + 1 } else { 0 };
            if restarts > MAX_RESTARTS {
                return Err(SyncError::InvalidResponse);
            }
        }
    }

    /// The first page of a search, unless it was prefetched. A server that refuses a parameter is asked without it.
    async fn first_page(&self, run: &mut RunningPass<'_>, search: RowSearch) -> Result<BundlePage, SyncError> {
        if let Some(page) = run.prefetched.take() {
            run.begin(self.response_times(&page));
            return Ok(page);
        }
        let RowSearch { from, count, offset } = search;
        let plain = Search::of_type(&run.key.resource_type);
        let counted = |search: Search| search.with("_count", count.to_string());
        let since = |search: Search| match from {
            Some(from) => search.with("_lastUpdated", format!("ge{from}")),
            None => search,
        };
        let sorted = since(counted(plain.clone().with("_sort", "_lastUpdated")));
        if let Some(offset) = offset {
            return self.cancel.race(self.client.search(&sorted.with("_offset", offset.to_string()))).await;
        }
        let mut first = self.cancel.race(self.client.search(&sorted)).await;
        for fallback in [since(counted(plain.clone())), since(plain.clone()), plain] {
            if !matches!(first, Err(SyncError::Failed { status: 400 | 405 | 422 | 501, .. })) {
                break;
            }
            // The first refusal stays the reason where none is accepted.
            let other = self.cancel.race(self.client.search(&fallback)).await;
            if let Ok(mut page) = other {
                page.sort_is_honoured = Some(false);
                first = Ok(page);
            }
        }
        let first = first?;
        run.begin(self.response_times(&first));
        if first.sort_is_honoured == Some(false) {
            run.state.mark_unordered();
        }
        Ok(first)
    }

    /// Follows the `next` links from `page` on; each page is read while the next one is loading.
    async fn follow(
        &self,
        mut page: BundlePage,
        count: u32,
        run: &mut RunningPass<'_>,
        paging: &mut Paging,
    ) -> Result<ChainEnd, SyncError> {
        let page_size = page.count_is_honoured.unwrap_or(count);
        loop {
            paging.note_links(&page);
            let leads_elsewhere = page.next_elsewhere().is_some();
            if let Err(error) = run.guard.check_page(&page)
                && !leads_elsewhere
            {
                return Err(error);
            }
            let last = LastPage { total: page.total, entry_count: page.entry_count, page_size };
            let resize = paging.size.adjust(page.entry_count, page.elapsed) && !run.state.is_unordered();
            let abandon = page.has_next() && (resize || run.guard.is_at_limit() || paging.by_time_only);
            let is_cut = page.is_cut;
            let seen = run.guard.seen_count();
            let reading = run.read_page(page.clone());
            let (read, next) = if abandon || is_cut {
                (reading.await, Ok(None))
            } else {
                tokio::join!(reading, self.cancel.race(self.client.next(&page)))
            };
            read?;
            let waited = self.monotonic().saturating_sub(run.batch.since);
            if run.batch.records.len() >= BATCH || waited >= BATCH_INTERVAL {
                self.flush(run).await?;
            }
            if is_cut {
                paging.size.halve();
                return Ok(ChainEnd::Broken);
            }
            match next {
                // A link that leads back to what was received leads nowhere.
                Ok(Some(_)) if leads_elsewhere && run.guard.seen_count() == seen => {
                    paging.by_time_only = true;
                    return Ok(ChainEnd::Broken);
                }
                Ok(Some(following)) => page = following,
                Ok(None) if abandon => return Ok(ChainEnd::Broken),
                Ok(None) => return Ok(ChainEnd::Last(last)),
                Err(SyncError::InvalidResponse | SyncError::Failed { .. }) if leads_elsewhere => {
                    paging.by_time_only = true;
                    return Ok(ChainEnd::Broken);
                }
                // The server has forgotten the search.
                Err(SyncError::Failed { status: 404 | 410, .. }) => return Ok(ChainEnd::Broken),
                Err(SyncError::TooLarge) => return Ok(ChainEnd::TooLarge),
                Err(SyncError::Truncated) if paging.size.halve() => return Ok(ChainEnd::Broken),
                Err(error) => {
                    paging.size.halve();
                    return Err(error);
                }
            }
        }
    }
}

impl ChainEnd {
    /// Whether a larger page may show more.
    fn is_full(&self) -> bool {
        match self {
            Self::Last(last) => last.is_full(),
            Self::Broken | Self::TooLarge => true,
        }
    }

    /// The server's count.
    const fn total(&self) -> Option<u64> {
        match self {
            Self::Last(last) => last.total,
            Self::Broken | Self::TooLarge => None,
        }
    }
}

impl LastPage {
    fn is_full(&self) -> bool {
        self.entry_count >= usize::try_from(self.page_size).unwrap_or(usize::MAX)
    }

    /// Whether a search that showed `seen` records showed all, as far as the server counts.
    fn is_complete(&self, seen: u64, paging: &Paging) -> bool {
        match self.total {
            Some(total) => seen >= total,
            // A server that links pages would have linked the next one; another may cut its pages silently.
            None => !self.is_full() && (paging.has_linked || self.entry_count < SMALLEST_PAGE),
        }
    }
}

/// Fewer rows than this are no page that a server has cut.
const SMALLEST_PAGE: usize = 10;

impl RunningPass<'_> {
    /// A first response was received.
    pub(super) fn begin(&mut self, times: ResponseTimes) {
        if !std::mem::replace(&mut self.begun, true) {
            self.state.begin_pass(times);
        }
    }

    pub(super) const fn add_changed(&mut self, count: u64) {
        *self.batch.changed = self.batch.changed.saturating_add(count);
    }

    fn begin_search(&mut self) {
        let before = std::mem::take(&mut self.guard);
        self.seen_before.extend(before.into_items());
        self.newest_in_order = None;
    }

    /// All rows that the server shows from `from` on were received, and it counts more.
    fn end_short(&mut self, from: Option<UtcMillis>, total: Option<u64>) {
        self.state.mark_short(total.filter(|_| from.is_none()));
    }

    /// All rows from `from` on were received.
    fn note_count(&mut self, from: Option<UtcMillis>, last: &LastPage) {
        if from.is_none() {
            self.state.shortfall = None;
        }
        let Some(pass) = self.state.pass.as_ref().filter(|p| !p.resumed) else { return };
        let (began, received) = (pass.began, self.guard.seen_with(&self.seen_before));
        let total = last.total.filter(|_| from.is_none());
        self.count = Some(FirstCount { received, total, missing: Vec::new() });
        if from.is_none() {
            self.state.compare_tried = Some(began);
        }
        if total == Some(received) {
            self.state.compared = Some(began);
        }
    }

    /// Adds a page's records to the batch.
    async fn read_page(&mut self, page: BundlePage) -> Result<(), SyncError> {
        let resource_type = self.key.resource_type.clone();
        let (records, matches) = blocking(move || {
            // EXPOSE: the page is split into records that are Phi again.
            let entries = parse_search(page.text.expose(), &resource_type, MatchIds::Required)?;
            let matches: Vec<(String, Option<UtcMillis>)> =
                entries.iter().filter_map(|e| Some((e.id.as_ref()?.to_string(), e.last_updated))).collect();
            let records: Vec<_> = entries.iter().map(|e| Phi::new(e.text.to_owned())).collect();
            Ok((records, matches))
        })
        .await?;
        self.guard.check_items(matches.iter().map(|(id, _)| id.as_str()))?;
        self.check_order(matches.iter().filter_map(|(_, last_updated)| *last_updated));
        self.state.advance(matches.iter().filter_map(|(_, last_updated)| *last_updated));
        for (id, last_updated) in &matches {
            if let Some(last_updated) = last_updated {
                self.recent.add(id, *last_updated);
            }
        }
        self.recent.prune_before(self.state.recent_from().max(self.state.since));
        self.batch.records.extend(records);
        Ok(())
    }

    /// Finds out whether the rows arrive oldest first. A row that changed since the pass began keeps its place.
    fn check_order(&mut self, updates: impl Iterator<Item = UtcMillis>) {
        let began = self.state.pass.as_ref().map(|p| p.began);
        for last_updated in updates.filter(|at| Some(*at) <= began) {
            if Some(last_updated) < self.newest_in_order {
                self.state.mark_unordered();
            }
            self.newest_in_order = self.newest_in_order.max(Some(last_updated));
        }
    }
}
