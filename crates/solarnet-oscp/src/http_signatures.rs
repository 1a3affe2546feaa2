//! SolarNetwork's profile of HTTP Message Signatures (RFC 9421), the younger alternative to [SNWS2](crate::snws2).
//!
//! A client signs so with [`Credentials::http_signatures`](crate::Credentials::http_signatures). What is here serves
//! other programs: [`sign`] is a pure function.
//!
//! ```
//! use energy_core::Secret;
//! use energy_core::http::HeaderMap;
//! use energy_core::time::macros::datetime;
//! use solarnet_oscp::http_signatures::{self, MessageKey};
//! use solarnet_oscp::snws2::{Body, Request};
//!
//! let created = datetime!(2026-09-18 19:57:51 UTC);
//! let request = Request {
//!     method: "GET",
//!     path: "/solarquery/api/v1/sec/datum/stream/datum",
//!     query: Some("nodeId=123&sourceId=meter"),
//!     host: "localhost:9082",
//!     headers: &HeaderMap::new(),
//!     body: Body::EMPTY,
//! };
//! let key = MessageKey::derive(&Secret::new("lsdjfpse9jfoeijfe09j"), created.date());
//! let signed = http_signatures::sign(&request, "12345678901234567890", &key, created);
//!
//! assert_eq!(signed.signature(), "8gcZ/Rdd932qOF1Cm+hpu7M/hQQ92A3dCffFxtyTSWg=");
//! ```
//!
//! Source: "SolarNetwork HTTP Message Signatures (RFC 9421)" (NET-541, September 2026), whose worked example this is.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use energy_core::Secret;
use energy_core::auth::{AuthError, Authenticator, Proof};
use energy_core::clock::Clock;
use energy_core::transport::{BoxFuture, HttpRequest};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};
use time::{Date, OffsetDateTime, UtcOffset};

use crate::derived::{self, DailyKey, DerivedKey, Keys};
use crate::sha256::Keyed;
use crate::snws2::{Request, header_text, header_value, parts, wire_host};

/// What the signature is called in its two headers.
const LABEL: &str = "sn";
/// By this the service finds it.
const TAG: &str = "solarnetwork";
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// What signs messages: a key derived from a token's secret and a day (UTC), or the secret itself. It is not a key of
/// SNWS2. `Debug` shows the day and not the key.
#[derive(Clone)]
pub struct MessageKey(Kind);

#[derive(Clone)]
enum Kind {
    Derived(DerivedKey),
    Raw(Keyed),
}

impl MessageKey {
    /// The key of a token's secret for messages from the day before `date` (UTC) to the sixth day after.
    pub fn derive(secret: &Secret, date: Date) -> Self {
        Self(Kind::Derived(DerivedKey::derive(
            "SNWS3",
            secret,
            date,
            "snws3_request",
        )))
    }

    /// A key that was derived elsewhere for this day (UTC).
    pub fn from_bytes(bytes: [u8; 32], date: Date) -> Self {
        Self(Kind::Derived(DerivedKey::new(bytes, date)))
    }

    /// The secret itself as the key; good at any time.
    pub fn raw(secret: &Secret) -> Self {
        Self(Kind::Raw(Keyed::new(&[secret.expose().as_bytes()])))
    }

    /// The day it was derived for (UTC); `None` for the secret itself.
    pub fn date(&self) -> Option<Date> {
        match &self.0 {
            Kind::Derived(key) => Some(key.date()),
            Kind::Raw(_) => None,
        }
    }

    /// Whether the service takes it for a message of that day (UTC).
    pub fn valid_for(&self, created: Date) -> bool {
        self.is_good_on(created)
    }

    /// The derived key itself, to hand it on; `None` for the secret itself.
    pub fn expose(&self) -> Option<&[u8; 32]> {
        match &self.0 {
            Kind::Derived(key) => Some(key.expose()),
            Kind::Raw(_) => None,
        }
    }

    /// What the signature says about its key: the token, and the day if it is a derived one.
    pub fn key_id(&self, token: &str) -> String {
        match &self.0 {
            Kind::Derived(key) => format!("{token}:{}", derived::compact(key.date())),
            Kind::Raw(_) => token.to_owned(),
        }
    }

    fn code(&self, text: &[u8]) -> [u8; 32] {
        match &self.0 {
            Kind::Derived(key) => key.code(text),
            Kind::Raw(key) => key.code(text),
        }
    }
}

impl fmt::Debug for MessageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Derived(key) => f.debug_tuple("MessageKey").field(key).finish(),
            Kind::Raw(_) => f.write_str("MessageKey([redacted])"),
        }
    }
}

impl DailyKey for MessageKey {
    const NAME: &'static str = "key for HTTP Message Signatures";

    fn derive(secret: &Secret, date: Date) -> Self {
        Self::derive(secret, date)
    }

    fn days(&self) -> Option<(Date, Date)> {
        self.date().map(|date| derived::days(date, 1))
    }
}

/// A message's signature and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedMessage {
    signature_base: String,
    parameters: String,
    signature: String,
    content_digest: Option<String>,
}

impl SignedMessage {
    /// What the key signs: a line for each component, and one for the parameters.
    pub fn signature_base(&self) -> &str {
        &self.signature_base
    }

    /// The signature in base64. It is good for the service's fifteen minutes.
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// The value of the header `Content-Digest`, which must be sent too; `None` without a body.
    pub fn content_digest(&self) -> Option<&str> {
        self.content_digest.as_deref()
    }

    /// The value of the header `Signature-Input`.
    pub fn signature_input_header(&self) -> String {
        format!("{LABEL}={}", self.parameters)
    }

    /// The value of the header `Signature`.
    pub fn signature_header(&self) -> String {
        format!("{LABEL}=:{}:", self.signature)
    }
}

impl fmt::Debug for SignedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedMessage")
            .field("signature_base", &self.signature_base)
            .finish_non_exhaustive()
    }
}

/// Signs a request for the token with this id, as made at this time (whole seconds count).
///
/// Covered are method, host (`@authority`), path and query; `Content-Type` if there is one; the body's SHA-256 as
/// `Content-Digest` if there is a body, forms included; and every `X-SN-*`, with all values of a repeated one. A
/// `Content-Digest` among the headers is not looked at: send [`SignedMessage::content_digest`] in its place.
///
/// Whether the key is [valid](MessageKey::valid_for) for that day is not checked here.
pub fn sign(request: &Request<'_>, token: &str, key: &MessageKey, created: OffsetDateTime) -> SignedMessage {
    let content_digest =
        (!request.body.is_empty()).then(|| format!("sha-256=:{}:", STANDARD.encode(request.body.sha256())));
    let mut components: Vec<(&str, String)> = vec![
        ("@method", request.method.to_owned()),
        ("@authority", request.host.to_ascii_lowercase()),
        (
            "@path",
            Some(request.path)
                .filter(|path| !path.is_empty())
                .unwrap_or("/")
                .to_owned(),
        ),
    ];
    components.extend(request.query.map(|query| ("@query", format!("?{query}"))));
    if request.headers.contains_key(CONTENT_TYPE) {
        components.push(("content-type", all_values(request.headers, "content-type")));
    }
    components.extend(content_digest.clone().map(|digest| ("content-digest", digest)));
    let mut own: Vec<&str> = request.headers.keys().map(HeaderName::as_str).collect();
    own.retain(|name| name.starts_with("x-sn-"));
    own.sort_unstable();
    components.extend(own.into_iter().map(|name| (name, all_values(request.headers, name))));

    let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let parameters = format!(
        "({});created={};keyid={};tag=\"{TAG}\"",
        names.join(" "),
        created.unix_timestamp(),
        quoted(&key.key_id(token)),
    );
    let mut signature_base: String = components
        .iter()
        .map(|(name, value)| format!("\"{name}\": {value}\n"))
        .collect();
    signature_base.push_str("\"@signature-params\": ");
    signature_base.push_str(&parameters);
    SignedMessage {
        signature: STANDARD.encode(key.code(signature_base.as_bytes())),
        signature_base,
        parameters,
        content_digest,
    }
}

/// The values of a header, in their order and with commas between them.
fn all_values(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<String> = headers.get_all(name).iter().map(header_text).collect();
    values.join(", ")
}

/// A string as structured fields (RFC 8941) write it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Signs each attempt with the time at which it is made.
#[derive(Debug)]
pub(crate) struct HttpSignatures {
    pub(crate) token: String,
    pub(crate) keys: Keys<MessageKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) signed_host: Option<String>,
}

impl HttpSignatures {
    fn prove(&self, request: &mut HttpRequest) -> Result<Proof, AuthError> {
        let now = self.clock.now().to_offset(UtcOffset::UTC);
        let key = self.keys.of_day(now.date())?;
        let host = match &self.signed_host {
            Some(host) => host.clone(),
            None => wire_host(request)?,
        };
        let signed = sign(&parts(request, &host), &self.token, &key, now);
        let mut signature = header_value(&signed.signature_header())?;
        signature.set_sensitive(true);
        let input = header_value(&signed.signature_input_header())?;
        let headers = request.headers_mut();
        match signed.content_digest() {
            Some(digest) => headers.insert(CONTENT_DIGEST, header_value(digest)?),
            None => headers.remove(CONTENT_DIGEST),
        };
        headers.insert(SIGNATURE_INPUT, input);
        headers.insert(SIGNATURE, signature);
        Ok(Proof {
            generation: 0,
            secrets: vec![Secret::new(signed.signature())],
        })
    }
}

impl Authenticator for HttpSignatures {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(self.prove(request)))
    }
}
