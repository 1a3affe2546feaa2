//! HTTP Message Signatures (RFC 9421) with SolarNetwork's rules.

use std::collections::HashSet;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::crypt::{base64, hmac_sha256, sha256, sha512};
use super::login::Refused;
use super::received::Received;
use super::snws2::derived_key;
use super::structured::{Bare, Item, Member, Parameters, dictionary, find, write_item, write_list};

/// What a refusal asks for, in `Accept-Signature`.
pub(super) const ACCEPTED: &str = r#"sig1=("@method" "@authority" "@path");created;keyid;tag="solarnetwork""#;

const SKEW: Duration = Duration::minutes(15);
const TAG: &str = "solarnetwork";

/// A signature that says it is for SolarNetwork.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) token: String,
    /// The day of a derived key.
    day: Option<Date>,
    components: Vec<Item>,
    parameters: Parameters,
    signature: Vec<u8>,
}

/// Whether the request carries signatures of this kind.
pub(super) fn present(request: &Received<'_>) -> bool {
    request.headers.contains_key("signature-input") && request.headers.contains_key("signature")
}

impl Claim {
    /// Reads the signature with SolarNetwork's tag.
    pub(super) fn read(request: &Received<'_>) -> Option<Self> {
        const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]");
        let inputs = dictionary(&all_values(request, "signature-input")?)?;
        let signatures = dictionary(&all_values(request, "signature")?)?;
        let (label, components, parameters) = inputs.into_iter().find_map(|(label, member)| match member {
            Member::List(items, parameters) if find(&parameters, "tag").and_then(Bare::text) == Some(TAG) => {
                Some((label, items, parameters))
            }
            _ => None,
        })?;
        let signature = signatures.into_iter().find_map(|(name, member)| match member {
            Member::Item(Item {
                value: Bare::Bytes(bytes),
                ..
            }) if name == label => Some(bytes),
            _ => None,
        })?;
        let key_id = find(&parameters, "keyid")?.text()?;
        let (token, day) = match key_id.rsplit_once(':') {
            Some((token, day)) => (token, Some(Date::parse(day, DAY).ok()?)),
            None => (key_id, None),
        };
        Some(Self {
            token: token.to_owned(),
            day,
            components,
            parameters,
            signature,
        })
    }

    /// Whether the owner of this secret signed this request now.
    pub(super) fn verify(&self, request: &Received<'_>, secret: &str, now: OffsetDateTime) -> Result<(), Refused> {
        let created = self.number("created").ok_or(Refused::BadCredentials)?;
        let created = OffsetDateTime::from_unix_timestamp(created).map_err(|_| Refused::BadCredentials)?;
        let expired = self.number("expires").is_some_and(|at| at <= now.unix_timestamp());
        if (now - created).abs() >= SKEW || expired {
            return Err(Refused::DateSkew);
        }
        let fits = self.covers_enough(request)
            && content_digest_fits(request)
            && find(&self.parameters, "alg").is_none_or(|alg| alg.text() == Some("hmac-sha256"))
            && (self.signature_base(request).zip(self.key(secret, created)))
                .is_some_and(|(base, key)| hmac_sha256(&key, base.as_bytes()) == self.signature);
        if fits { Ok(()) } else { Err(Refused::BadCredentials) }
    }

    fn number(&self, name: &str) -> Option<i64> {
        find(&self.parameters, name)?.integer()
    }

    /// The raw secret, or the key of a day at most six days before the signature and one after.
    fn key(&self, secret: &str, created: OffsetDateTime) -> Option<Vec<u8>> {
        let Some(day) = self.day else {
            return Some(secret.as_bytes().to_vec());
        };
        let age = (created.date() - day).whole_days();
        let midnight = day.midnight().assume_utc();
        (-1..=6)
            .contains(&age)
            .then(|| derived_key("SNWS3", "snws3_request", secret, midnight))
    }

    /// What must be covered: method, address, query, body, and SolarNetwork's headers.
    fn covers_enough(&self, request: &Received<'_>) -> bool {
        let names: HashSet<&str> = self.components.iter().filter_map(|item| item.value.text()).collect();
        let covers = |name: &str| names.contains(name);
        let whole = covers("@target-uri");
        let mut headers = request.header_names();
        covers("@method")
            && (whole || (covers("@authority") && covers("@path")))
            && (whole || request.raw_query.is_none() || covers("@query"))
            && (request.body.is_empty() || covers("content-digest"))
            && headers.all(|name| !(name == "content-type" || name.starts_with("x-sn-")) || covers(name))
    }

    fn signature_base(&self, request: &Received<'_>) -> Option<String> {
        let mut seen = HashSet::new();
        let mut lines = Vec::new();
        for item in &self.components {
            let name = write_item(item);
            if !seen.insert(name.clone()) {
                return None;
            }
            lines.push(format!("{name}: {}", component(item, request)?));
        }
        let parameters = write_list(&self.components, &self.parameters);
        lines.push(format!("\"@signature-params\": {parameters}"));
        Some(lines.join("\n"))
    }
}

/// The value of a covered component; none for those that are refused or not there.
fn component(item: &Item, request: &Received<'_>) -> Option<String> {
    let name = item.value.text()?;
    let refused = ["tr", "req"].iter().any(|flag| find(&item.parameters, flag).is_some());
    if refused {
        return None;
    }
    let query = || format!("?{}", request.raw_query.unwrap_or_default());
    match name {
        "@method" => Some(request.method.to_owned()),
        "@authority" => authority(request),
        "@scheme" => Some("http".to_owned()),
        "@path" => Some(request.path.to_owned()),
        "@query" => Some(query()),
        "@request-target" => Some(format!(
            "{}{}",
            request.path,
            request.raw_query.map(|_| query()).unwrap_or_default()
        )),
        "@target-uri" => Some(format!(
            "http://{}{}{}",
            authority(request)?,
            request.path,
            request.raw_query.map(|_| query()).unwrap_or_default()
        )),
        "@query-param" => {
            let wanted = find(&item.parameters, "name")?.text()?;
            let mut found = request.query.iter().filter(|(name, _)| encoded(name) == wanted);
            let (_, value) = found.next()?;
            found.next().is_none().then(|| encoded(value))
        }
        name if name.starts_with('@') => None,
        name => field(name, item, request),
    }
}

/// A header field; `bs` wraps each value, `key` picks a member of a dictionary, `sf` writes
/// the dictionary anew.
fn field(name: &str, item: &Item, request: &Received<'_>) -> Option<String> {
    if find(&item.parameters, "bs").is_some() {
        let values = request.headers.get_all(name).iter();
        let wrapped: Vec<String> = values
            .map(|value| format!(":{}:", base64(value.as_bytes().trim_ascii())))
            .collect();
        return (!wrapped.is_empty()).then(|| wrapped.join(", "));
    }
    let text = all_values(request, name)?;
    let write = |member: &Member| match member {
        Member::Item(item) => write_item(item),
        Member::List(items, parameters) => write_list(items, parameters),
    };
    if let Some(key) = find(&item.parameters, "key") {
        let members = dictionary(&text)?;
        let (_, member) = members.iter().find(|(name, _)| Some(name.as_str()) == key.text())?;
        return Some(write(member));
    }
    if find(&item.parameters, "sf").is_some() {
        let members = dictionary(&text)?;
        let written: Vec<String> = members
            .iter()
            .map(|(name, member)| format!("{name}={}", write(member)))
            .collect();
        return Some(written.join(", "));
    }
    Some(text)
}

/// Every value of a header, trimmed, with commas between.
fn all_values(request: &Received<'_>, name: &str) -> Option<String> {
    let values: Vec<String> = (request.headers.get_all(name).iter())
        .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The host as it was sent, without the port that goes without saying.
fn authority(request: &Received<'_>) -> Option<String> {
    let host = request.header("host")?.trim().to_lowercase();
    Some(host.strip_suffix(":80").map_or(host.clone(), str::to_owned))
}

/// As RFC 9421 encodes query parameters.
fn encoded(text: &str) -> String {
    let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    form.replace('+', "%20")
}

/// Whether `Content-Digest` (RFC 9530) is the body's; each algorithm that is there must fit.
fn content_digest_fits(request: &Received<'_>) -> bool {
    let Some(text) = all_values(request, "content-digest") else {
        return request.body.is_empty();
    };
    let Some(members) = dictionary(&text) else {
        return false;
    };
    let fits = |(name, member): &(String, Member)| {
        let computed = match name.as_str() {
            "sha-256" => sha256(request.body),
            "sha-512" => sha512(request.body),
            _ => return false,
        };
        matches!(member, Member::Item(item) if item.value == Bare::Bytes(computed))
    };
    !members.is_empty() && members.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};
    use time::{Duration, OffsetDateTime};

    use super::super::login::Refused;
    use super::super::received::Received;
    use super::Claim;

    const TOKEN: &str = "12345678901234567890";

    fn check(key_id: &str, signature: &str, query: &str, late: Duration) -> Result<(), Refused> {
        let input = format!(
            "sig1=(\"@method\" \"@authority\" \"@path\" \"@query\");created=1789761471;keyid=\"{key_id}\";tag=\"solarnetwork\""
        );
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost:9082"));
        for (name, value) in [("signature-input", input), ("signature", format!("sig1=:{signature}:"))] {
            headers.insert(name, value.parse().expect("a header value"));
        }
        let request = Received {
            method: "GET",
            path: "/solarquery/api/v1/sec/datum/stream/datum",
            query: &[],
            raw_query: Some(query),
            headers: &headers,
            body: b"",
        };
        let now = OffsetDateTime::from_unix_timestamp(1_789_761_471).expect("a time") + late;
        let claim = Claim::read(&request).ok_or(Refused::BadCredentials)?;
        assert_eq!(claim.token, TOKEN);
        claim.verify(&request, "lsdjfpse9jfoeijfe09j", now)
    }

    #[test]
    fn the_published_example_is_accepted() {
        let derived = (
            "12345678901234567890:20260918",
            "8gcZ/Rdd932qOF1Cm+hpu7M/hQQ92A3dCffFxtyTSWg=",
        );
        let raw = (TOKEN, "yt00kJV0rsRBmP7Pu7C8J2f+avzPAAzv1vEGX+SrCd8=");
        let query = "nodeId=123&sourceId=meter";
        for (key_id, signature) in [derived, raw] {
            assert_eq!(check(key_id, signature, query, Duration::ZERO), Ok(()));
            let other = check(key_id, signature, "nodeId=124", Duration::ZERO);
            assert_eq!(other, Err(Refused::BadCredentials));
            let late = check(key_id, signature, query, Duration::minutes(15));
            assert_eq!(late, Err(Refused::DateSkew));
        }
        let swapped = check(derived.0, raw.1, query, Duration::ZERO);
        assert_eq!(swapped, Err(Refused::BadCredentials));
    }
}
