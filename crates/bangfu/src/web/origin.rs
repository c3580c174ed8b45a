//! From where a request came, and how: directly or through a proxy, encrypted or not.
//!
//! What a proxy says of its visitors is believed from the addresses that were declared as a proxy's, and from no other.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::serve::IncomingStream;
use tokio::net::TcpListener;

use super::{api, request};
use crate::clock::Clock;
use crate::system::network::Network;
use crate::tls::listener::TlsListener;

/// Each proxy puts behind it from where a request came to it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A proxy says whether its visitor's connection is encrypted.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// For thirty days a browser asks for this name encrypted only. Each visit says it anew, so that it holds for those who
/// come, and a county that gives its certificate up is not shut out for a year.
const STRICT: &str = "max-age=2592000";

/// How requests reach these pages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Way {
    /// How this program encrypts connections itself, if it does.
    pub(crate) tls: Option<Tls>,
    /// The addresses of the proxies that were declared, or the ranges in which they lie.
    pub(crate) proxies: Arc<[Network]>,
}

/// Whose certificate is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// One that the county was given by an authority that browsers know.
    Own,
    /// One of the county's own authority.
    County,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Peer {
        Peer(*stream.remote_addr())
    }
}

/// From where a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The visitor's address; none within a process.
    address: Option<IpAddr>,
    /// Whether the visitor's connection is encrypted.
    pub(super) encrypted: bool,
    /// Whether a declared proxy brought it.
    through_proxy: bool,
}

impl Origin {
    fn of(way: &Way, peer: Option<IpAddr>, headers: &HeaderMap) -> Origin {
        let encrypted = way.tls.is_some();
        match peer.map(|peer| peer.to_canonical()) {
            Some(peer) if is_among(&way.proxies, peer) => Origin {
                address: Some(visitor(&way.proxies, peer, headers)),
                encrypted: encrypted || last(headers, &FORWARDED_PROTO).is_some_and(|way| way == "https"),
                through_proxy: true,
            },
            address => Origin { address, encrypted, through_proxy: false },
        }
    }

    /// Whether these pages answer: what is not encrypted comes from this machine, under a name of this machine, or
    /// through a proxy. A page elsewhere whose name was bent to the loopback address would otherwise be taken for one of
    /// ours.
    fn is_answered(self, way: &Way, headers: &HeaderMap) -> bool {
        way.tls.is_some()
            || self.through_proxy
            || (self.address.is_none_or(|address| address.is_loopback()) && names_this_machine(headers))
    }

    /// The address as sessions keep it.
    pub(super) fn place(self) -> String {
        self.address.map_or_else(|| "local".to_owned(), |address| address.to_string())
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Origin, Self::Rejection> {
        let nowhere = Origin { address: None, encrypted: false, through_proxy: false };
        Ok(parts.extensions.get::<Origin>().copied().unwrap_or(nowhere))
    }
}

/// Says with each request from where it came, and refuses what came a way that is not served.
pub(super) async fn tell(
    State((way, clock)): State<(Way, Clock)>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|peer| peer.0.0.ip());
    let origin = Origin::of(&way, peer, request.headers());
    if !origin.is_answered(&way, request.headers()) {
        return match request.uri().path().starts_with(api::PREFIX) {
            true => api::elsewhere(request.headers(), &request::id(&clock)),
            false => (StatusCode::MISDIRECTED_REQUEST, "this machine only").into_response(),
        };
    }
    request.extensions_mut().insert(origin);
    let is_strict = way.tls == Some(Tls::Own) && has_a_name_of_its_own(request.headers());
    let mut response = next.run(request).await;
    if is_strict {
        let strict = HeaderValue::from_static(STRICT);
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, strict);
    }
    response
}

fn is_among(proxies: &[Network], address: IpAddr) -> bool {
    proxies.iter().any(|proxy| proxy.contains(address))
}

/// The nearest address behind the proxies.
fn visitor(proxies: &[Network], proxy: IpAddr, headers: &HeaderMap) -> IpAddr {
    let lines = headers.get_all(&FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let said: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = proxy;
    for said in said.into_iter().rev() {
        let address = said.parse::<IpAddr>().ok();
        let address = address.or_else(|| said.parse::<SocketAddr>().ok().map(|address| address.ip()));
        // What stands before something that is no address was not written by a proxy.
        let Some(address) = address.map(|address| address.to_canonical()) else { break };
        nearest = address;
        if !is_among(proxies, address) {
            break;
        }
    }
    nearest
}

fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// The name under which a request came and whether a port was named with it.
fn host(headers: &HeaderMap) -> Option<(&str, bool)> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let (name, has_port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, true),
        _ => (host, false),
    };
    Some((name.trim_start_matches('[').trim_end_matches(']'), has_port))
}

/// Whether the Host header, if there is one, names the loopback address.
fn names_this_machine(headers: &HeaderMap) -> bool {
    if !headers.contains_key(header::HOST) {
        return true;
    }
    host(headers).is_some_and(|(name, _)| {
        name.eq_ignore_ascii_case("localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

/// Whether a request came under a name that is these pages' alone. A browser holds what is said of a name against all
/// its ports: where a port is named, something else may be served under the name, unencrypted. An address has no name.
fn has_a_name_of_its_own(headers: &HeaderMap) -> bool {
    host(headers)
        .is_some_and(|(name, has_port)| !has_port && name.contains('.') && name.parse::<IpAddr>().is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn behind(proxies: &[&str]) -> Way {
        Way { tls: None, proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect() }
    }

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for (host, answered) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("[::1]:8080", true),
            ("127.8.8.8", true),
            ("evil.example:8080", false),
            ("192.168.1.2:8080", false),
            ("127.0.0.1.evil.example", false),
        ] {
            let (way, headers) = (Way::default(), headers(&[(&header::HOST, host)]));
            let origin = Origin::of(&way, ip("127.0.0.1"), &headers);
            assert_eq!(origin.is_answered(&way, &headers), answered, "{host}");
            let origin = Origin::of(&way, ip("192.168.1.9"), &headers);
            assert!(!origin.is_answered(&way, &headers), "{host} from elsewhere");
        }
    }

    #[test]
    fn what_is_said_of_visitors_is_believed_from_a_declared_proxy_alone() {
        let said = headers(&[
            (&FORWARDED_FOR, "6.6.6.6, 10.1.1.7"),
            (&FORWARDED_PROTO, "https"),
            (&header::HOST, "bangfu.local"),
        ]);
        let (nobody, way) = (Way::default(), behind(&["10.0.0.5"]));
        for way in [&nobody, &way] {
            let origin = Origin::of(way, ip("127.0.0.1"), &said);
            assert_eq!((origin.place().as_str(), origin.encrypted), ("127.0.0.1", false));
            assert!(!origin.is_answered(way, &said));
        }
        // What the visitor wrote stands before what the proxy wrote.
        let origin = Origin::of(&way, ip("::ffff:10.0.0.5"), &said);
        assert_eq!((origin.place().as_str(), origin.encrypted), ("10.1.1.7", true));
        assert!(origin.is_answered(&way, &said));
    }

    #[test]
    fn of_several_proxies_the_visitor_is_the_one_before_them() {
        for way in [behind(&["10.0.0.5", "10.0.0.6", "::1"]), behind(&["10.0.0.4/30", "::1/128"])] {
            visitors_are_told_apart(&way);
        }
    }

    fn visitors_are_told_apart(way: &Way) {
        for (said, visitor) in [
            ("1.2.3.4, 10.0.0.6", "1.2.3.4"),
            ("10.1.1.7:4711, 10.0.0.6", "10.1.1.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]:80", "2001:db8::7"),
            ("9.9.9.9, unknown, 10.0.0.6", "10.0.0.6"),
            ("", "10.0.0.5"),
        ] {
            let origin = Origin::of(way, ip("10.0.0.5"), &headers(&[(&FORWARDED_FOR, said)]));
            assert_eq!(origin.place(), visitor, "{said}");
        }
        let twice = headers(&[(&FORWARDED_FOR, "6.6.6.6"), (&FORWARDED_FOR, "10.1.1.7")]);
        assert_eq!(Origin::of(way, ip("10.0.0.5"), &twice).place(), "10.1.1.7");
        let plain = headers(&[(&FORWARDED_PROTO, "https, http")]);
        assert!(!Origin::of(way, ip("10.0.0.5"), &plain).encrypted, "the nearest proxy's word counts");
    }

    #[test]
    fn browsers_are_told_to_be_strict_of_a_name_of_our_own_alone() {
        for (host, strict) in [
            ("bangfu.yizhang.gov.cn", true),
            ("bangfu.yizhang.gov.cn:8443", false),
            ("10.0.0.5", false),
            ("[fd00::1]", false),
            ("localhost", false),
        ] {
            assert_eq!(has_a_name_of_its_own(&headers(&[(&header::HOST, host)])), strict, "{host}");
        }
    }
}
