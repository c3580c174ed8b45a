//! `bangfu send`, and the same beside the pages: what the county queued leaves over the channels that were set.

use std::sync::Arc;
use std::time::Duration;

use bangfu_domain::message::Channel;
use bangfu_store::Db;
use bangfu_store::county;
use serde_json::json;
use tokio::sync::watch;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_util::sync::CancellationToken;

use super::arguments::{Send, Sending};
use super::openid::is_safe;
use super::terminal::say;
use super::{DONE, Desk};
use crate::app::App;
use crate::clock::Clock;
use crate::notify::{Asker, Encryption, Mail, MailSettings, Sender, Sms, send_due};
use crate::words::said;

/// How long the sender rests when nothing is left to send.
const PACE: Duration = Duration::from_secs(15);

/// What sends, by the settings.
pub(super) fn sender(desk: &Desk, asked: &Sending, pages: Option<&String>) -> anyhow::Result<Arc<Sender>> {
    let authorities = match &asked.send_authority {
        Some(file) => CertificateDer::pem_slice_iter(&desk.file(file)?).collect::<Result<Vec<_>, _>>(),
        None => Ok(rustls_native_certs::load_native_certs().certs),
    };
    let authorities = authorities.map_err(|_| {
        let file = asked.send_authority.as_ref().map(|file| file.display().to_string());
        anyhow::anyhow!(said(desk.lang, "tls-no-certificate", &[("file", file.unwrap_or_default())]))
    })?;
    let pages = asked.pages.as_ref().or(pages);
    if let Some(wrong) = pages.filter(|pages| !is_safe(pages)) {
        anyhow::bail!(said(desk.lang, "cli-openid-address", &[("address", wrong.clone())]));
    }
    let sms = match &asked.sms_file {
        Some(file) => {
            let text = String::from_utf8_lossy(&desk.file(file)?).into_owned();
            let fault = |why| {
                let args = [("file", file.display().to_string()), ("why", why)];
                anyhow::anyhow!(said(desk.lang, "cli-sms-file", &args))
            };
            Some(Sms::read(&text).map_err(fault)?)
        }
        None => None,
    };
    Ok(Arc::new(Sender {
        mail: mail(desk, asked, &authorities)?,
        sms,
        hosts: asked.send_hosts.clone(),
        asker: Asker::new(&authorities),
        pages: pages.cloned(),
        quiet: Some(asked.quiet_hours),
        quiet_urgent: asked.quiet_urgent,
    }))
}

/// The mail server, if one is told.
fn mail(desk: &Desk, asked: &Sending, authorities: &[CertificateDer<'_>]) -> anyhow::Result<Option<Mail>> {
    let Some(server) = &asked.smtp_server else { return Ok(None) };
    let lacks = |setting: &str| {
        anyhow::anyhow!(said(desk.lang, "cli-smtp-lacks", &[("setting", setting.to_owned())]))
    };
    let from = asked.smtp_from.as_ref().ok_or_else(|| lacks("smtp_from"))?;
    let wrong = || anyhow::anyhow!(said(desk.lang, "cli-smtp-from", &[("from", from.clone())]));
    let from = from.parse().map_err(|_| wrong())?;
    let login = match (&asked.smtp_login, &asked.smtp_password_file) {
        (None, _) => None,
        (Some(_), None) => return Err(lacks("smtp_password_file")),
        (Some(name), Some(file)) => {
            Some((name.clone(), String::from_utf8(desk.file(file)?)?.trim().to_owned()))
        }
    };
    let is_here = ["127.0.0.1", "localhost", "::1"].contains(&server.as_str());
    if login.is_some() && asked.smtp_tls == Encryption::None && !is_here {
        anyhow::bail!(said(desk.lang, "cli-smtp-open", &[]));
    }
    let settings = MailSettings {
        server: server.clone(),
        port: asked.smtp_port.unwrap_or(asked.smtp_tls.port()),
        encryption: asked.smtp_tls,
        login,
        from,
    };
    let broken = |error: lettre::transport::smtp::Error| {
        anyhow::anyhow!(said(desk.lang, "tls-broken", &[("error", error.to_string())]))
    };
    Ok(Some(Mail::new(settings, authorities).map_err(broken)?))
}

/// Sends what may go now.
pub(super) async fn run(desk: &Desk, asked: &Send) -> anyhow::Result<u8> {
    let sender = sender(desk, &asked.sending, None)?;
    let app = desk.app_at_once().await?;
    let tally = send_due(&sender, &app).await?;
    if desk.json {
        let channels: Vec<&str> = sender.channels().into_iter().map(Channel::key).collect();
        say(json!({ "sent": tally.sent, "failed": tally.failed, "dead": tally.dead, "unsure": tally.unsure,
                    "dropped": tally.dropped, "quiet": tally.quiet, "channels": channels }))?;
    } else if sender.channels().is_empty() {
        say(desk.text("cli-send-nothing-set"))?;
    } else {
        let args = [
            ("sent", tally.sent.to_string()),
            ("failed", tally.failed.to_string()),
            ("dead", tally.dead.to_string()),
            ("unsure", tally.unsure.to_string()),
        ];
        say(said(desk.lang, "cli-send-done", &args))?;
        if tally.quiet {
            say(desk.text("cli-send-quiet"))?;
        }
    }
    app.db.close().await;
    Ok(DONE)
}

/// Sends beside the pages while this process is the one that does. Told to stop, it ends after the message that it tries.
pub(super) async fn watch(
    (db, clock): (Db, Clock),
    sender: Arc<Sender>,
    mut elected: watch::Receiver<bool>,
    stop: CancellationToken,
) {
    loop {
        let asked = stop.run_until_cancelled(elected.wait_for(|held| *held)).await;
        let is_held = matches!(asked, Some(Ok(_)));
        drop(asked);
        if !is_held {
            return;
        }
        send_each(&db, &clock, &sender, &stop).await;
        if stop.run_until_cancelled(tokio::time::sleep(PACE)).await.is_none() {
            return;
        }
    }
}

/// Sends what each county queued. What one of them breaks stops none of the others.
async fn send_each(db: &Db, clock: &Clock, sender: &Arc<Sender>, stop: &CancellationToken) {
    let counties = async { county::list(&mut db.read().await?).await };
    let counties = match counties.await {
        Ok(counties) => counties,
        Err(error) => {
            let error: bangfu_store::Error = error;
            tracing::error!("the counties cannot be read; sending goes on soon: {error}");
            return;
        }
    };
    for county in counties {
        let app = App { stop: stop.clone(), ..App::new(db.clone(), clock.clone(), &county) };
        let name = &county.on(app.today()).code;
        match send_due(sender, &app).await {
            Ok(tally) if tally.sent + tally.failed + tally.dead + tally.unsure > 0 => {
                let (sent, failed, dead, unsure) = (tally.sent, tally.failed, tally.dead, tally.unsure);
                tracing::info!(county = %name, sent, failed, dead, unsure, "messages");
            }
            Ok(_) => {}
            Err(error) => tracing::error!("{name}: sending goes on soon: {error}"),
        }
    }
}
