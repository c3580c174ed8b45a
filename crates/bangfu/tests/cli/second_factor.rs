//! The second factor, as a browser meets it.

use std::process::Command;

use totp_rs::{Algorithm, Builder, Secret};

use crate::serve::{CLERK, Server};

const SIGN_IN: &str = "login=clerk&password=walks+through+every+page&back=%2Floans";

/// What a phone shows in so many seconds.
pub(crate) fn code(secret: &str, ahead: u64) -> String {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30);
    let totp = builder.with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let seconds = Command::new("date").arg("+%s").output().unwrap().stdout;
    let seconds: u64 = String::from_utf8(seconds).unwrap().trim().parse().unwrap();
    totp.generate(seconds + ahead).to_string()
}

/// What a header of an answer says, one line for each time that it stands there.
pub(crate) fn headers<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let lines = answer.split("\r\n\r\n").next().unwrap().lines();
    lines
        .filter_map(|line| line.split_once(": "))
        .filter(|(one, _)| *one == name)
        .map(|line| line.1)
        .collect()
}

pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap_or_else(|| panic!("{text}"))
}

/// Keeps what an answer gives the browser to keep.
pub(crate) fn keep(server: &mut Server, answer: &str) {
    let kept = headers(answer, "set-cookie").into_iter().map(|cookie| cookie.split(';').next().unwrap());
    server.cookie = kept.filter(|cookie| !cookie.ends_with('=')).collect::<Vec<_>>().join("; ");
}

#[test]
fn who_must_have_a_second_factor_sets_it_up_before_anything_else() {
    let mut server = Server::start(&["--second-factor", "centre-clerk,administrator"]);
    for path in ["/", "/loans", "/import"] {
        let answer = server.answer(&format!("GET {path}"), b"");
        assert_eq!(headers(&answer, "location"), ["/me/second-factor"], "{path}: {answer}");
    }
    assert!(server.answer("GET /me", b"").starts_with("HTTP/1.1 200"), "the own account is there");
    let page = server.answer("GET /me/second-factor", b"");
    assert!(page.contains("请先启用动态验证码") && !page.contains("<svg class=\"qr\""), "{page}");
    let begun = server.send("/me/second-factor/begin", "").unwrap();
    assert_eq!(headers(&begun, "location"), ["/me/second-factor"]);
    let page = server.answer("GET /me/second-factor", b"");
    assert!(page.contains("<svg class=\"qr\"") && !page.contains("style="), "{page}");
    let secret = between(&page, "<dd><code>", "</code>").replace(' ', "");

    let wrong = server.send("/me/second-factor/confirm", "code=12345").unwrap();
    assert!(wrong.starts_with("HTTP/1.1 422") && wrong.contains("验证码不对"), "{wrong}");
    assert!(server.answer("GET /loans", b"").starts_with("HTTP/1.1 303"));
    let form = format!("code={}", code(&secret, 0));
    let codes = server.send("/me/second-factor/confirm", &form).unwrap();
    assert_eq!(codes.matches("<li><code>").count(), 10, "{codes}");
    let paper = between(&codes, "<li><code>", "</code>").to_owned();
    assert!(server.answer("GET /", b"").starts_with("HTTP/1.1 200"), "and then work begins");
    let off = format!("password=walks+through+every+page&code={paper}");
    let kept = server.send("/me/second-factor/off", &off).unwrap();
    assert!(kept.starts_with("HTTP/1.1 422") && kept.contains("不能停用"), "{kept}");

    // The password alone opens nothing.
    let session = server.cookie.clone();
    server.send("/sign-out", "").unwrap();
    server.cookie = String::new();
    let asked = server.send("/sign-in", SIGN_IN).unwrap();
    assert_eq!(headers(&asked, "location"), ["/sign-in/code?back=%2Floans"], "{asked}");
    let cookies = headers(&asked, "set-cookie");
    assert!(cookies.len() == 1 && cookies[0].starts_with("second="), "{cookies:?}");
    assert!(cookies[0].contains("Path=/sign-in; Max-Age=300; SameSite=Strict; HttpOnly"), "{cookies:?}");
    keep(&mut server, &asked);
    assert_eq!(headers(&server.answer("GET /loans", b""), "location"), ["/sign-in?back=%2Floans"]);
    assert!(server.answer("GET /sign-in/code?back=%2Floans", b"").contains("value=\"/loans\""));
    let wrong = server.send("/sign-in/code", "code=000&back=%2Floans").unwrap();
    assert!(wrong.starts_with("HTTP/1.1 422") && wrong.contains("value=\"/loans\""), "{wrong}");
    let ticket = server.cookie.clone();
    let form = format!("code={}&back=%2Floans", code(&secret, 30));
    let entered = server.send("/sign-in/code", &form).unwrap();
    assert_eq!(headers(&entered, "location"), ["/loans"], "{entered}");
    assert_eq!(headers(&entered, "set-cookie").len(), 2, "the session comes, the ticket goes");
    keep(&mut server, &entered);
    assert!(server.cookie.starts_with("session=") && server.cookie != session);
    assert!(server.answer("GET /", b"").starts_with("HTTP/1.1 200"));

    // The same code once more, and a code on paper twice.
    server.cookie = ticket;
    let replayed = server.send("/sign-in/code", &form).unwrap();
    assert!(replayed.starts_with("HTTP/1.1 422"), "{replayed}");
    let form = format!("code={paper}");
    assert_eq!(headers(&server.send("/sign-in/code", &form).unwrap(), "location"), ["/"]);
    assert!(server.send("/sign-in/code", &form).unwrap().starts_with("HTTP/1.1 422"));
    server.cookie = "second=00ff".to_owned();
    let forged = server.send("/sign-in/code", &form).unwrap();
    assert!(forged.starts_with("HTTP/1.1 422") && forged.contains("name=\"password\""), "{forged}");

    // Neither phone nor paper: whoever runs the program takes it off, and it is set up anew.
    let desk = &server.desk;
    assert!(desk.json(&["user", "list"])[0]["second_factor"].as_bool().unwrap());
    let reset = desk.json(&["user", "reset", CLERK, "--second-factor-off"]);
    let first = reset["password"].as_str().unwrap();
    server.cookie = String::new();
    let entered = server.send("/sign-in", &format!("login={CLERK}&password={first}")).unwrap();
    keep(&mut server, &entered);
    assert_eq!(
        headers(&server.answer("GET /loans", b""), "location"),
        ["/me"],
        "a first password comes first"
    );
}
