//! Every door is opened under a right: who has it not finds nothing there. A route cannot be added without one, and a test
//! walks them all.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use bangfu_usecase::access::{Right, may};

use super::failure::Failure;
use super::frame::Face;
use super::session::{SIGN_IN, Who};

/// Who may pass a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever is signed in, also with a first password.
    SignedIn,
    /// Whoever is signed in with a password of their own, whatever they have a right to.
    AtWork,
    /// Whoever has a right.
    With(Right),
}

/// A door that is open to somebody.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), expect(dead_code, reason = "what walks all doors is a test"))]
pub(crate) struct Door {
    /// The method.
    pub(crate) method: Method,
    /// The address, with `{…}` where it names something.
    pub(crate) path: &'static str,
    /// Who may pass.
    pub(crate) pass: Pass,
}

/// The doors as they are being hung.
pub(crate) struct Doors {
    router: Router<Face>,
    all: Vec<Door>,
}

impl Doors {
    /// No door yet.
    pub(super) fn new() -> Doors {
        Doors { router: Router::new(), all: Vec::new() }
    }

    /// A page or a file.
    pub(super) fn get<H, T>(self, pass: Pass, path: &'static str, handler: H) -> Doors
    where
        H: Handler<T, Face>,
        T: 'static,
    {
        self.hang(Method::GET, pass, path, get(handler))
    }

    /// Something that is done.
    pub(super) fn post<H, T>(self, pass: Pass, path: &'static str, handler: H) -> Doors
    where
        H: Handler<T, Face>,
        T: 'static,
    {
        self.hang(Method::POST, pass, path, post(handler))
    }

    /// A door with layers of its own.
    pub(super) fn hang(
        mut self,
        method: Method,
        pass: Pass,
        path: &'static str,
        at: MethodRouter<Face>,
    ) -> Doors {
        self.all.push(Door { method, path, pass });
        self.router = self.router.route(path, at.layer(from_fn_with_state(pass, let_in)));
        self
    }

    /// The routes, and what they are.
    pub(super) fn hung(self) -> (Router<Face>, Vec<Door>) {
        (self.router, self.all)
    }
}

/// Lets in whoever may pass.
async fn let_in(State(pass): State<Pass>, request: Request, next: Next) -> Response {
    let Pass::With(right) = pass else {
        return match (pass, who(&request)) {
            (Pass::SignedIn | Pass::AtWork, None) => to_sign_in(&request),
            (Pass::AtWork, Some(who)) if who.live.must_change => Redirect::to("/me").into_response(),
            _ => next.run(request).await,
        };
    };
    match who(&request) {
        None => to_sign_in(&request),
        Some(who) if who.live.must_change => Redirect::to("/me").into_response(),
        Some(who) if may(&who.live.post, right) => next.run(request).await,
        Some(_) => Failure::NotFound.into_response(),
    }
}

fn who(request: &Request) -> Option<Arc<Who>> {
    request.extensions().get::<Arc<Who>>().cloned()
}

/// Leads to the page for signing in, and from there back: a page to itself, something to be done to nothing, since what
/// was typed is not kept.
fn to_sign_in(request: &Request) -> Response {
    // A browser keeps the session's cookie back when somebody else's page or message led here: the same address, asked for
    // once more by this page itself, brings it.
    let from_elsewhere = |value: &HeaderValue| value == "cross-site";
    if request.method() == Method::GET && request.headers().get("sec-fetch-site").is_some_and(from_elsewhere)
    {
        return Html(r#"<!doctype html><meta http-equiv="refresh" content="0">"#).into_response();
    }
    if request.headers().contains_key("hx-request") {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.headers_mut().insert("hx-refresh", HeaderValue::from_static("true"));
        return response;
    }
    if request.method() != Method::GET {
        return Redirect::to(SIGN_IN).into_response();
    }
    let back = request.uri().path_and_query().map_or("/", |address| address.as_str());
    if back == "/" {
        return Redirect::to(SIGN_IN).into_response();
    }
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", back).finish();
    Redirect::to(&format!("{SIGN_IN}?{query}")).into_response()
}
