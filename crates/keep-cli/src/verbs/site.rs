//! `chartkeep site`.

use crate::args::Site;
use crate::report::Report;
use keep_domain::ErrorCode;
use keep_session::SiteFile;
use keep_session::cases::site::{self, SiteFailure};
use serde_json::json;

/// Works on files alone: no profile is opened.
pub(crate) fn run(asked: Site) -> Result<Report, Report> {
    match asked {
        Site::Init { server, issuer, out, key } => {
            site::write_new(&SiteFile::for_server(&server, issuer), &out, &key)?;
            Ok(Report::ok(json!({"site": out, "key": key})))
        }
        Site::Sign { file, key, out } => {
            let fingerprint = site::sign(&file, &key, &out)?;
            Ok(Report::ok(json!({"signed": out, "fingerprint": fingerprint})))
        }
        Site::Check { file } => {
            let (content, fingerprint) = site::check(&file)?;
            let content = serde_json::to_value(&content).map_err(|_| ErrorCode::Internal)?;
            Ok(Report::ok(json!({"site": content, "fingerprint": fingerprint})))
        }
    }
}

impl From<SiteFailure> for Report {
    fn from(failure: SiteFailure) -> Self {
        Self::failed(failure.code, json!({"file": failure.file, "problem": failure.problem}))
    }
}
