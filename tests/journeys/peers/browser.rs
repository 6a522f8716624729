//! A browser that a person signs in with: it follows redirects, keeps cookies and fills in forms.

use keep_domain::{Clock, Secret, SystemClock};
use keep_keys::phone_code;
use keep_sync::{Server, SignedIn};
use reqwest::{Client, header, redirect};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

/// More pages than any sign-in has.
const MAX_PAGES: usize = 10;

/// Someone who can sign in.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Person {
    user: String,
    pub(super) role: String,
    password: String,
    otpauth: String,
}

impl From<BTreeMap<String, String>> for Person {
    fn from(mut fields: BTreeMap<String, String>) -> Self {
        let mut take = |name: &str| fields.remove(name).expect("a field");
        Self { user: take("user"), role: take("role"), password: take("password"), otpauth: take("otpauth") }
    }
}

/// Signs in, page by page.
pub(super) async fn sign_in(server: &Server, person: &Person, nonce: &str, ca: &Path) -> Result<SignedIn, String> {
    let pending = server.open_sign_in(nonce).await.map_err(|e| format!("{e:?}"))?;
    let mut browser = Browser::open(ca);
    let first = pending.address().clone();
    let finishing = tokio::spawn(pending.finish());
    let last = browser.walk(first, person).await;
    if let Err(why) = last {
        finishing.abort();
        return Err(why);
    }
    finishing.await.map_err(|e| e.to_string())?.map_err(|e| format!("{e:?}"))
}

struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn open(ca: &Path) -> Self {
        let pem = std::fs::read(ca).expect("authority");
        let trusted = reqwest::Certificate::from_pem_bundle(&pem).expect("authority");
        let builder = Client::builder().tls_certs_merge(trusted).redirect(redirect::Policy::none()).no_proxy();
        Self { client: builder.build().expect("client"), cookies: BTreeMap::new() }
    }

    /// Opens pages and fills in their forms until the client's own page answers.
    async fn walk(&mut self, first: Url, person: &Person) -> Result<(), String> {
        let (mut address, mut form) = (first, None);
        for _ in 0..MAX_PAGES {
            let is_client = address.scheme() == "http" && address.path() == "/callback";
            let (next, page) = self.open_page(&address, form.take()).await?;
            match next {
                _ if is_client => return Ok(()),
                Some(location) => address = location,
                None => {
                    let (action, fields) = fill_in(&page, person).ok_or_else(|| format!("no form: {page}"))?;
                    address = address.join(&action).map_err(|e| e.to_string())?;
                    form = Some(fields);
                }
            }
        }
        Err(String::from("the sign-in does not end"))
    }

    /// Sends a request and returns where it redirects to, or else the page.
    async fn open_page(
        &mut self,
        address: &Url,
        form: Option<Vec<(String, String)>>,
    ) -> Result<(Option<Url>, String), String> {
        let request = match form {
            Some(fields) => self.client.post(address.clone()).form(&fields),
            None => self.client.get(address.clone()),
        };
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let response = request.header(header::COOKIE, cookies.join("; ")).send().await.map_err(|e| e.to_string())?;
        for cookie in response.headers().get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok()) {
            if let Some((name, value)) = cookie.split(';').next().and_then(|c| c.split_once('=')) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok());
        let next = location.map(|l| address.join(l)).transpose().map_err(|e| e.to_string())?;
        let page = response.text().await.map_err(|e| e.to_string())?;
        Ok((next, page))
    }
}

/// The target and the fields of the page's form, with what the person types.
fn fill_in(page: &str, person: &Person) -> Option<(String, Vec<(String, String)>)> {
    let form = page.get(page.find("<form")?..)?;
    let action = attribute(form.get(..form.find('>')?)?, "action").unwrap_or_default();
    let code = phone_code(&Secret::new(person.otpauth.clone()), SystemClock.now())?;
    let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let fields = inputs.filter_map(|input| {
        let name = attribute(input, "name")?;
        let value = match name.as_str() {
            "user" | "username" => person.user.clone(),
            "password" => person.password.clone(),
            // EXPOSE: a made-up person types it in.
            "code" | "otp" => code.expose().clone(),
            _ => attribute(input, "value").unwrap_or_default(),
        };
        Some((name, value))
    });
    Some((action, fields.collect()))
}

/// An attribute of an HTML tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&#x27;", "'"))
}
