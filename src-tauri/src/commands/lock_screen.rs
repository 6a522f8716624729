//! `lock_screen`.

use crate::failure::{blocking, failure};
use crate::shell::Shell;
use keep_domain::{Clock, ErrorCode, Policy};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::lock::{KeychainStateDto, LockScreenDto};
use keep_session::dto::sync::SyncChipDto;
use tauri::State;

/// Everything a locked workstation shows.
#[tauri::command]
pub(crate) async fn lock_screen(shell: State<'_, Shell>) -> Result<LockScreenDto, FailureDto> {
    let (profile, now) = (shell.profile().to_owned(), shell.clock().now().to_rfc3339());
    let keychain = keychain().await;
    blocking(move || {
        // A slot that exists cannot be opened by this version: say so rather than pretend an empty workstation.
        let slots = std::fs::read_dir(profile.join("slots")).is_ok_and(|mut d| d.next().is_some());
        let workstation = std::fs::read_to_string("/proc/sys/kernel/hostname").map_err(|_| failure(ErrorCode::Io))?;
        Ok(LockScreenDto {
            workstation: workstation.trim().to_owned(),
            site: String::new(),
            now,
            users: Vec::new(),
            last_user: None,
            keychain,
            sync: SyncChipDto { state: "idle".into(), complete: String::new(), pending: 0, failed: 0, conflicts: 0 },
            demo: false,
            lock_minutes: Policy::default().lock_minutes,
            drafts_kept: false,
            blocked: slots.then_some(ErrorCode::StoreNewer),
            clock_wrong: false,
        })
    })
    .await
}

/// Whether a Secret Service answers; on a profile without slots no device key is needed yet.
async fn keychain() -> KeychainStateDto {
    let ask = async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        Ok::<_, zbus::Error>(names.name_has_owner("org.freedesktop.secrets".try_into()?).await?)
    };
    match tokio::time::timeout(std::time::Duration::from_secs(2), ask).await {
        Ok(Ok(true)) => KeychainStateDto::Ready,
        _ => KeychainStateDto::Absent,
    }
}
