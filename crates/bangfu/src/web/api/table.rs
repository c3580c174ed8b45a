//! The addresses of the API as they are being hung: each with its scope, its work, and its place in the document. What is
//! told of an address is made of the types of its work, so that the document cannot say anything else.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::routing::{get, post};
use bangfu_domain::token::TokenScope;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{HttpMethod, Parameter};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::problem::Problem;
use super::write::{Done, Manner};
use super::{read, write};
use crate::web::frame::Face;

/// The largest body of what is no file, in bytes.
const WORDS_MAX: usize = 64 * 1024;

/// The kind of a body of words, and of a file.
pub(super) const JSON: &str = "application/json";
pub(super) const FILE: &str = "application/octet-stream";

/// An address as the document tells of it.
pub(crate) struct Route {
    /// The method.
    pub(super) method: HttpMethod,
    /// The address below that of the API, with `{…}` where it names something.
    pub(crate) path: &'static str,
    /// The scope without which it answers nothing; any token will do where there is none.
    pub(crate) scope: Option<TokenScope>,
    /// Its name for programs; that of its text begins with `api-`.
    pub(super) name: &'static str,
    /// Parameters behind the question mark.
    pub(super) query: Vec<Parameter>,
    /// What is sent; nothing where it reads.
    pub(super) body: Option<(RefOr<Schema>, Manner)>,
    /// The schema of what is shown, and with which statuses.
    pub(super) shown: RefOr<Schema>,
    pub(super) statuses: &'static [&'static str],
}

/// Schemas by their names.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;

impl Route {
    /// Whether something is done here.
    pub(crate) fn writes(&self) -> bool {
        self.body.is_some()
    }
}

/// The addresses.
pub(super) struct Api {
    router: Router<Face>,
    routes: Vec<Route>,
    schemas: Schemas,
}

/// A schema that others name, with those that it names.
fn named<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    utoipa::openapi::Ref::from_schema_name(T::name()).into()
}

impl Api {
    /// No address yet.
    pub(super) fn new() -> Api {
        Api { router: Router::new(), routes: Vec::new(), schemas: Vec::new() }
    }

    /// Something that is read.
    pub(super) fn read<Q, T, F, W>(
        mut self,
        scope: impl Into<Option<TokenScope>>,
        path: &'static str,
        name: &'static str,
        work: F,
    ) -> Api
    where
        Q: IntoParams + DeserializeOwned + Send + 'static,
        T: ToSchema + Serialize + Send + 'static,
        F: Fn(Call<Q>) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<T, Problem>> + Send + 'static,
    {
        let scope = scope.into();
        let query = Q::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
        let shown = named::<T>(&mut self.schemas);
        let (method, statuses) = (HttpMethod::Get, &["200"]);
        self.routes.push(Route { method, path, scope, name, query, body: None, shown, statuses });
        let handler = move |face: Face, request: Request| read::answer(face, request, scope, work);
        self.router = self.router.route(path, get(handler));
        self
    }

    /// Something that is done with words.
    pub(super) fn write<B, T, F, W, G, V>(
        mut self,
        (scope, path, name): (TokenScope, &'static str, &'static str),
        work: F,
        again: G,
    ) -> Api
    where
        B: ToSchema + DeserializeOwned + Send + 'static,
        T: ToSchema + Serialize + Send + 'static,
        F: Fn(Call<B>) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
        G: Fn(Call<String>) -> V + Clone + Send + Sync + 'static,
        V: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    {
        let manner = Manner { seen: true, kind: JSON };
        let body = Some((named::<B>(&mut self.schemas), manner));
        let shown = named::<T>(&mut self.schemas);
        let (method, statuses) = (HttpMethod::Post, &["200"]);
        self.routes.push(Route {
            method,
            path,
            scope: Some(scope),
            name,
            query: Vec::new(),
            body,
            shown,
            statuses,
        });
        let read_body = move |call: Call<Bytes>| {
            let work = work.clone();
            async move {
                let asked = serde_json::from_slice::<B>(&call.asked);
                let asked = asked.map_err(|fault| Problem::Body(fault.to_string()))?;
                work(call.asking(asked)).await
            }
        };
        let handler = move |face: Face, request: Request| {
            write::answer(face, request, (scope, manner), read_body, again)
        };
        self.router = self.router.route(path, post(handler).layer(DefaultBodyLimit::max(WORDS_MAX)));
        self
    }

    /// A file that is brought.
    pub(super) fn bring<Q, T, F, W, G, V>(
        mut self,
        (scope, path, name): (TokenScope, &'static str, &'static str),
        bytes_max: usize,
        work: F,
        again: G,
    ) -> Api
    where
        Q: IntoParams + DeserializeOwned + Send + 'static,
        T: ToSchema + Serialize + Send + 'static,
        F: Fn(Call<(Q, Bytes)>) -> W + Clone + Send + Sync + 'static,
        W: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
        G: Fn(Call<String>) -> V + Clone + Send + Sync + 'static,
        V: Future<Output = Result<Done<T>, Problem>> + Send + 'static,
    {
        let manner = Manner { seen: false, kind: FILE };
        let query = Q::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query));
        let shown = named::<T>(&mut self.schemas);
        let body = Some((super::schema::file(), manner));
        let method = HttpMethod::Post;
        let statuses = &["201"];
        self.routes.push(Route { method, path, scope: Some(scope), name, query, body, shown, statuses });
        let read_words = move |call: Call<Bytes>| {
            let work = work.clone();
            async move {
                let asked = (call.query::<Q>()?, call.asked.clone());
                work(call.asking(asked)).await
            }
        };
        let handler = move |face: Face, request: Request| {
            write::answer(face, request, (scope, manner), read_words, again)
        };
        self.router = self.router.route(path, post(handler).layer(DefaultBodyLimit::max(bytes_max)));
        self
    }

    /// The routes, what is told of them, and the schemas that they name.
    pub(super) fn hung(self) -> (Router<Face>, Vec<Route>, Schemas) {
        (self.router, self.routes, self.schemas)
    }
}
