//! How the pages are reached: encrypted by this program, through a proxy that encrypts them, or on this machine alone.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Desk;
use super::arguments::Reach;
use crate::tls::authority::Folder;
use crate::tls::pair::{Keeper, Place};
use crate::web::origin::{Tls, Way};
use crate::words::said;

/// The files of a certificate and its key, and whose it is; nothing where this program does not encrypt.
pub(super) fn place(desk: &Desk, asked: &Reach) -> anyhow::Result<Option<(Place, Tls)>> {
    match (&asked.tls, &asked.tls_certificate, &asked.tls_key) {
        (None, None, None) => Ok(None),
        (Some(folder), None, None) => Ok(Some((Folder::new(folder).place(), Tls::County))),
        (None, Some(certificate), key) => {
            let key = key.as_ref().unwrap_or(certificate).clone();
            Ok(Some((Place { certificate: certificate.clone(), key }, Tls::Own)))
        }
        (None, None, Some(_)) => anyhow::bail!(desk.text("cli-tls-key-alone")),
        (Some(_), ..) => anyhow::bail!(desk.text("cli-tls-twice")),
    }
}

/// Refuses an address at which other machines would ask how this one fares where they are not served either.
pub(super) fn refuse_foreign_metrics(desk: &Desk, at: SocketAddr, way: &Way) -> anyhow::Result<()> {
    if way.tls.is_none() && way.proxies.is_empty() && !at.ip().is_loopback() {
        anyhow::bail!(said(desk.lang, "cli-foreign-metrics", &[("address", at.to_string())]));
    }
    Ok(())
}

/// How requests will come, with the certificate that will be shown. What is not encrypted goes to other machines through
/// a proxy alone.
pub(super) fn way(
    desk: &Desk,
    listen: SocketAddr,
    asked: &Reach,
) -> anyhow::Result<(Way, Option<Arc<Keeper>>)> {
    let place = place(desk, asked)?;
    if place.is_none() && asked.proxy.is_empty() && !listen.ip().is_loopback() {
        anyhow::bail!(said(desk.lang, "cli-foreign", &[("address", listen.to_string())]));
    }
    let way = Way { tls: place.as_ref().map(|(_, whose)| *whose), proxies: asked.proxy.as_slice().into() };
    let keeper = place.map(|(place, _)| Keeper::new(place)).transpose();
    Ok((way, keeper.map_err(|fault| anyhow::anyhow!(fault.said(desk.lang)))?))
}
