//! The site's name, as the demo or the organisation's policy gives it.

use crate::app::App;

/// Until the records have told the organisation, the server's host stands in for the site.
pub(crate) fn name_of(app: &App) -> String {
    let workstation = app.workstation();
    url::Url::parse(&workstation.server).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default()
}
