//! The SQLite file: resources with all their versions, and the tables that search uses.

mod database;
mod history;
mod interval;
mod raw_json;
mod search;
mod search_index;
mod search_params;
mod versions;
mod write;

pub(crate) use database::Storage;
pub(crate) use history::{HistoryQuery, find_history};
pub(crate) use interval::Interval;
pub(crate) use raw_json::{IncomingResource, reduce_to_elements, replace_meta};
pub(crate) use search::{Comparison, Condition, Order, Search, SearchMatch, count_matches, find_matches};
pub(crate) use search_index::{fold, fold_contact};
pub(crate) use search_params::{ParamType, param_for, params_for};
pub(crate) use versions::{StoredVersion, current_version, is_referenced, read_version};
pub(crate) use write::{WriteOutcome, WriteRequest};
