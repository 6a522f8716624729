//! Where the provider lists roles: at the sign-in and at each refresh.

use super::Backend;
use crate::{
    Credentials, RolesClaim, RolesFrom, RolesTokenFault, Server, ServerSettings, SignedIn, SyncError, TokenError,
};
use keep_domain::{Role, SystemClock};
use std::sync::{Arc, Mutex};

impl Backend {
    fn server_with_roles_from(&self, from: RolesFrom) -> Server {
        let roles = RolesClaim { from, ..RolesClaim::default() };
        Server::open(ServerSettings { roles, ..self.settings() }, Arc::new(SystemClock)).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_of_an_access_token_are_read_at_the_sign_in_and_at_each_refresh() {
    let Some(backend) = Backend::start(None).await else { return };
    let server = backend.server_with_roles_from(RolesFrom::AccessToken);
    let SignedIn { claims, statement, tokens } = backend.sign_in(&server, "amara").await.unwrap();
    assert_eq!((claims.roles, statement.roles_token.is_some()), (vec![Role::Nurse], true));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let credentials = Credentials::new(&server, &claims.subject, tokens.refresh.unwrap(), Arc::new(|_| true));
    let credentials = credentials.observed_by(Arc::new(move |claims, statement| {
        log.lock().unwrap().push((claims.roles.clone(), statement.clone()));
    }));
    credentials.access_token().await.unwrap();
    let seen = seen.lock().unwrap();
    let [(roles, refreshed)] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((roles, *refreshed != statement), (&vec![Role::Nurse], true));
}

#[tokio::test(flavor = "multi_thread")]
async fn userinfo_that_is_not_signed_gives_no_role() {
    let Some(backend) = Backend::start(None).await else { return };
    let server = backend.server_with_roles_from(RolesFrom::Userinfo);
    let refused = backend.sign_in(&server, "amara").await.map(|_| ());
    assert_eq!(refused, Err(SyncError::Token(TokenError::Roles(RolesTokenFault::NotSigned))));
}
