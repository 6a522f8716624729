//! Queries whether the Secret Service is available and unlocked, without opening its prompt
//! (freedesktop.org Secret Service API, draft 0.2, `ReadAlias` and `Collection.Locked`).

use crate::KeychainState;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, Proxy};
use zbus::names::BusName;
use zbus::zvariant::OwnedObjectPath;

const SERVICE: &str = "org.freedesktop.secrets";

/// Blocking; only called on a keychain thread.
pub(super) fn probe() -> KeychainState {
    match locked() {
        Some(false) => KeychainState::Ready,
        Some(true) => KeychainState::Locked,
        None => KeychainState::Absent,
    }
}

/// Whether the default collection is locked; `None` without bus, service or default collection.
fn locked() -> Option<bool> {
    let bus = Connection::session().ok()?;
    let name = BusName::try_from(SERVICE).ok()?;
    // A service that the bus can activate also counts; the call below starts it.
    let dbus = DBusProxy::new(&bus).ok()?;
    let known =
        dbus.name_has_owner(name).ok()? || dbus.list_activatable_names().ok()?.iter().any(|n| n.as_str() == SERVICE);
    if !known {
        return None;
    }
    let service = Proxy::new(&bus, SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service").ok()?;
    let collection: OwnedObjectPath = service.call("ReadAlias", &("default",)).ok()?;
    if collection.as_str() == "/" {
        return None;
    }
    let collection = Proxy::new(&bus, SERVICE, collection, "org.freedesktop.Secret.Collection").ok()?;
    collection.get_property("Locked").ok()
}
