//! The other house in which people can sign in, from its settings.

use std::sync::Arc;

use openidconnect::{IssuerUrl, RedirectUrl};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use super::Desk;
use super::arguments::Openid;
use crate::openid::{Agent, BACK, House, Settings};
use crate::words::said;

/// The house; none where none is told.
pub(super) fn house(desk: &Desk, asked: &Openid) -> anyhow::Result<Option<Arc<House>>> {
    let Some(issuer) = &asked.openid_issuer else { return Ok(None) };
    let lacks = |setting: &str| {
        anyhow::anyhow!(said(desk.lang, "cli-openid-lacks", &[("setting", setting.to_owned())]))
    };
    let client = asked.openid_client.clone().ok_or_else(|| lacks("openid_client"))?;
    let pages = asked.openid_pages.as_ref().ok_or_else(|| lacks("openid_pages"))?;
    let wrong = |address: &str| {
        anyhow::anyhow!(said(desk.lang, "cli-openid-address", &[("address", address.to_owned())]))
    };
    let issuer = Some(issuer).filter(|issuer| is_safe(issuer)).ok_or_else(|| wrong(issuer))?;
    let pages = Some(pages).filter(|pages| is_safe(pages)).ok_or_else(|| wrong(pages))?;
    let secret = match &asked.openid_secret_file {
        None => None,
        Some(file) => Some(String::from_utf8(desk.file(file)?)?.trim().to_owned()),
    };
    let authorities = match &asked.openid_authority {
        Some(file) => CertificateDer::pem_slice_iter(&desk.file(file)?).collect::<Result<Vec<_>, _>>(),
        None => Ok(rustls_native_certs::load_native_certs().certs),
    };
    let authorities = authorities.map_err(|_| {
        let file = asked.openid_authority.as_ref().map(|file| file.display().to_string());
        anyhow::anyhow!(said(desk.lang, "tls-no-certificate", &[("file", file.unwrap_or_default())]))
    })?;
    let settings = Settings {
        issuer: IssuerUrl::new(issuer.clone()).map_err(|_| wrong(issuer))?,
        client,
        secret,
        back: RedirectUrl::new(format!("{}{BACK}", pages.trim_end_matches('/'))).map_err(|_| wrong(pages))?,
        claim: asked.openid_claim.clone(),
        labels: (asked.openid_label_zh.clone(), asked.openid_label_en.clone()),
    };
    let agent = Agent::new(&authorities, issuer.starts_with("http://"));
    Ok(Some(Arc::new(House::new(settings, agent))))
}

/// Whether an address is encrypted, or one of this machine.
pub(super) fn is_safe(address: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = local.iter().any(|local| {
        address.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    is_local || address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn another_house_is_asked_encrypted_or_on_this_machine() {
        for (address, safe) in [
            ("https://id.yizhang.gov.cn/realms/county", true),
            ("http://127.0.0.1:8081", true),
            ("http://localhost/", true),
            ("http://id.yizhang.gov.cn", false),
            ("http://127.0.0.1.evil.example", false),
            ("https://", false),
            ("id.yizhang.gov.cn", false),
        ] {
            assert_eq!(is_safe(address), safe, "{address}");
        }
    }
}
