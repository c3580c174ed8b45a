//! Signing in with the account of another house: OpenID Connect with the authorization code flow, PKCE, state and nonce.
//!
//! It is off unless its settings are there, and it makes no account: who is vouched for must have one here.

mod http;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};

use crate::texts::Lang;
pub(crate) use http::Agent;

/// For how long somebody may take to sign in at the other house, in seconds.
pub(crate) const AWAY_SECONDS: i64 = 600;

/// For how long what the other house says of itself is not asked for again, in seconds: its keys may change.
const KNOWN_SECONDS: i64 = 60;

/// The path at which whoever signed in at the other house comes back.
pub(crate) const BACK: &str = "/sign-in/openid/back";

/// What is told of another house.
pub(crate) struct Settings {
    /// By which address it is known.
    pub(crate) issuer: IssuerUrl,
    /// Under which name it knows these pages.
    pub(crate) client: String,
    /// What it was told to know them by, if anything.
    pub(crate) secret: Option<String>,
    /// The address at which whoever signed in comes back.
    pub(crate) back: RedirectUrl,
    /// The claim that says what somebody signs in with here.
    pub(crate) claim: String,
    /// What stands on the button, in both languages, where a county says so.
    pub(crate) labels: (Option<String>, Option<String>),
}

/// Another house in which people can sign in.
pub(crate) struct House {
    settings: Settings,
    agent: Agent,
    /// What it said of itself, and when.
    known: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "House({})", self.settings.issuer.as_str())
    }
}

/// What the browser of somebody who went there keeps.
#[derive(Debug, Clone)]
pub(crate) struct Journey {
    /// What comes back with them.
    pub(crate) state: String,
    /// What the other house's word must hold.
    pub(crate) nonce: String,
    /// What proves that the code was asked for here.
    pub(crate) verifier: String,
}

/// Why nobody came in from another house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutsideFault {
    /// It does not answer, or not as it should.
    Unreachable,
    /// Nobody went there from this browser, or they took too long, or came back before.
    State,
    /// It did not let them in.
    Refused,
    /// Its word is for another journey.
    Nonce,
    /// Its word is for other pages.
    Audience,
    /// Its word is another house's.
    Issuer,
    /// Its word is good no more.
    Expired,
    /// Its word is not signed with its key.
    Signature,
    /// Its word is wrong in another way.
    Word,
    /// Its word does not say what somebody signs in with here.
    Claim,
}

impl OutsideFault {
    /// The key of its text.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            OutsideFault::Unreachable => "openid-unreachable",
            OutsideFault::State => "openid-state",
            OutsideFault::Refused => "openid-refused",
            OutsideFault::Nonce => "openid-nonce",
            OutsideFault::Audience => "openid-audience",
            OutsideFault::Issuer => "openid-issuer",
            OutsideFault::Expired => "openid-expired",
            OutsideFault::Signature => "openid-signature",
            OutsideFault::Word => "openid-word",
            OutsideFault::Claim => "openid-claim",
        }
    }
}

impl From<ClaimsVerificationError> for OutsideFault {
    fn from(fault: ClaimsVerificationError) -> OutsideFault {
        match fault {
            ClaimsVerificationError::Expired(_) => OutsideFault::Expired,
            ClaimsVerificationError::InvalidAudience(_) => OutsideFault::Audience,
            ClaimsVerificationError::InvalidIssuer(_) => OutsideFault::Issuer,
            ClaimsVerificationError::InvalidNonce(_) => OutsideFault::Nonce,
            ClaimsVerificationError::SignatureVerification(_) => OutsideFault::Signature,
            _ => OutsideFault::Word,
        }
    }
}

/// The claims that the standard does not name.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Others(BTreeMap<String, serde_json::Value>);

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type OutsideClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Signatures by which the other house's word is known: those whose key it alone has.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
];

impl House {
    /// A house by its settings.
    pub(crate) fn new(settings: Settings, agent: Agent) -> House {
        House { settings, agent, known: Mutex::default() }
    }

    /// What stands on the button.
    pub(crate) fn label(&self, lang: Lang) -> String {
        let own = match lang {
            Lang::Zh => &self.settings.labels.0,
            Lang::En => &self.settings.labels.1,
        };
        own.clone().unwrap_or_else(|| lang.text("sign-in-outside"))
    }

    /// The address to which somebody is led, and what their browser keeps. Waits for the other house: not to be called
    /// where others would wait.
    pub(crate) fn begin(&self, now: Timestamp) -> Result<(String, Journey), OutsideFault> {
        let (metadata, settings) = (self.metadata(now)?, &self.settings);
        let client = OutsideClient::from_provider_metadata(metadata, self.client_id(), self.secret());
        let client = client.set_redirect_uri(settings.back.clone());
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let journey = Journey {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        };
        Ok((address.to_string(), journey))
    }

    /// What somebody signs in with here, as the other house says it for the code that they brought. Waits for the other
    /// house: not to be called where others would wait.
    pub(crate) fn finish(
        &self,
        journey: &Journey,
        code: String,
        now: Timestamp,
    ) -> Result<String, OutsideFault> {
        let (metadata, settings) = (self.metadata(now)?, &self.settings);
        let client = OutsideClient::from_provider_metadata(metadata, self.client_id(), self.secret());
        let client = client.set_redirect_uri(settings.back.clone());
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|fault| unreachable(&fault))?
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
            .request(&self.agent)
            .map_err(|fault| unreachable(&fault))?;
        let token = answer.id_token().ok_or(OutsideFault::Word)?;
        let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
        let since = Duration::from_secs(u64::try_from(now.as_second()).unwrap_or(0));
        let verifier = verifier.set_time_fn(move || (SystemTime::UNIX_EPOCH + since).into());
        let claims = token.claims(&verifier, &Nonce::new(journey.nonce.clone()))?;
        if let Some(expected) = claims.access_token_hash() {
            let sound = token.signing_alg().ok().zip(token.signing_key(&verifier).ok());
            let found = sound.and_then(|(algorithm, key)| {
                AccessTokenHash::from_token(answer.access_token(), algorithm, key).ok()
            });
            if found.as_ref() != Some(expected) {
                return Err(OutsideFault::Word);
            }
        }
        let claims = serde_json::to_value(claims).map_err(|_| OutsideFault::Word)?;
        let name = claims.get(&settings.claim).and_then(serde_json::Value::as_str);
        name.map(str::to_owned).filter(|name| !name.is_empty()).ok_or(OutsideFault::Claim)
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.settings.client.clone())
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.settings.secret.clone().map(ClientSecret::new)
    }

    /// What the other house says of itself, its keys with it.
    fn metadata(&self, now: Timestamp) -> Result<CoreProviderMetadata, OutsideFault> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, metadata)) = known
            && now.as_second() - at.as_second() < KNOWN_SECONDS
        {
            return Ok(metadata);
        }
        let found = CoreProviderMetadata::discover(&self.settings.issuer, &self.agent);
        let found = found.map_err(|fault| unreachable(&fault))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, found.clone()));
        Ok(found)
    }
}

/// What went wrong with the other house, told to the log: it holds addresses and errors, and no person.
fn unreachable(fault: &dyn std::error::Error) -> OutsideFault {
    let mut chain = fault.to_string();
    let mut cause = fault.source();
    while let Some(fault) = cause {
        chain = format!("{chain}: {fault}");
        cause = fault.source();
    }
    tracing::warn!("the other house does not answer as it should: {chain}");
    OutsideFault::Unreachable
}
