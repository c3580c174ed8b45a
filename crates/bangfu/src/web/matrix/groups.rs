//! Who may pass which doors.

use bangfu_domain::officer::Role;

/// Who may pass which doors, told from the people's side. A route that stands in none of these groups fails the test.
pub(super) const CENTRE: &[Role] = &[Role::CentreClerk];
pub(super) const READS_ALL: &[Role] = &[Role::CentreClerk, Role::Supervisor, Role::Leader];
pub(super) const ADMINISTRATOR: &[Role] = &[Role::Administrator];
pub(super) const KEEPS_WATCH: &[Role] =
    &[Role::Administrator, Role::CentreClerk, Role::Supervisor, Role::Leader];
pub(super) const SEES_LOANS: &[Role] = &[
    Role::CreditManager,
    Role::IndustryGuide,
    Role::TechnologyOfficer,
    Role::PairedCadre,
    Role::FirstSecretary,
    Role::StationClerk,
    Role::CentreClerk,
    Role::BankClerk,
    Role::Supervisor,
    Role::Leader,
];
pub(super) const UNMASKS: &[Role] =
    &[Role::CreditManager, Role::StationClerk, Role::CentreClerk, Role::BankClerk, Role::Supervisor];
pub(super) const RECORDS: &[Role] = &[
    Role::CreditManager,
    Role::PairedCadre,
    Role::FirstSecretary,
    Role::StationClerk,
    Role::CentreClerk,
    Role::BankClerk,
];
pub(super) const PROPOSES: &[Role] =
    &[Role::CreditManager, Role::StationClerk, Role::CentreClerk, Role::BankClerk];
pub(super) const SEES_DIFFERENCES: &[Role] =
    &[Role::CentreClerk, Role::BankClerk, Role::Supervisor, Role::Leader];
pub(super) const SEES_OFFICERS: &[Role] =
    &[Role::CentreClerk, Role::StationClerk, Role::BankClerk, Role::Supervisor, Role::Leader];
pub(super) const SEES_PLACES: &[Role] =
    &[Role::CentreClerk, Role::StationClerk, Role::Supervisor, Role::Leader];

/// A group of routes: who may pass, whether only with the whole county as area, and the routes.
pub(super) type Group = (&'static [Role], bool, &'static [&'static str]);

pub(super) const GROUPS: &[Group] = &[
    (
        SEES_LOANS,
        false,
        &[
            "GET /board",
            "GET /board.xlsx",
            "GET /board.csv",
            "GET /loans",
            "POST /loans/find",
            "GET /loans/export.xlsx",
            "GET /loans/export.csv",
            "GET /loans/{id}",
            "GET /tasks",
            "GET /overview",
            "GET /outcomes",
            "GET /outcomes.xlsx",
            "GET /outcomes.csv",
            "GET /outcomes/loans",
            "GET /outcomes/loans.xlsx",
            "GET /outcomes/loans.csv",
            "GET /handlings",
            "GET /handlings/{id}",
            "GET /notices",
            "GET /notices/{id}",
            "GET /slips",
            "GET /households/{id}",
            "GET /branches/{id}",
            "GET /enterprises/{id}",
            "POST /lists",
            "POST /lists/{id}/forget",
            "GET /access",
            "POST /access",
            "GET /access/{id}",
            "GET /access/{id}/loans/{loan}",
            "POST /access/{id}/end",
        ],
    ),
    (
        UNMASKS,
        false,
        &[
            "GET /loans/{id}/unmask",
            "POST /loans/{id}/unmask",
            "GET /households/{id}/unmask",
            "POST /households/{id}/unmask",
        ],
    ),
    (RECORDS, false, &["GET /loans/{id}/contact", "POST /loans/{id}/contact"]),
    (&[Role::CentreClerk, Role::BankClerk], false, &["GET /unmanaged", "POST /unmanaged"]),
    (RECORDS, false, &["POST /slips/print", "POST /slips/hand-over"]),
    (READS_ALL, true, &["GET /messages", "GET /weekly", "GET /weekly/{id}"]),
    (
        CENTRE,
        true,
        &[
            "POST /messages/again",
            "POST /messages/{id}/again",
            "POST /messages/{id}/received",
            "GET /admin/addresses",
            "POST /admin/addresses",
            "POST /admin/addresses/{id}/end",
            "POST /admin/sending",
            "GET /admin/slip-text",
            "POST /admin/slip-text",
        ],
    ),
    (
        PROPOSES,
        false,
        &["GET /loans/{id}/handle", "POST /loans/{id}/handle", "POST /handlings/{id}/withdraw"],
    ),
    (
        &[Role::CentreClerk, Role::BankClerk],
        false,
        &[
            "POST /handlings/{id}/agree",
            "POST /handlings/{id}/return",
            "POST /handlings/{id}/grant",
            "POST /handlings/{id}/refuse",
        ],
    ),
    (
        &[Role::CentreClerk, Role::Supervisor],
        false,
        &[
            "GET /unmaskings",
            "GET /unmaskings/export.xlsx",
            "GET /unmaskings/export.csv",
            "GET /households/{id}/trail",
            "GET /households/{id}/trail/xlsx",
            "GET /households/{id}/trail/csv",
        ],
    ),
    (&[Role::CentreClerk, Role::Supervisor], false, &["POST /access/{id}/grant", "POST /access/{id}/refuse"]),
    (CENTRE, true, &["POST /next-day"]),
    (
        CENTRE,
        true,
        &[
            "GET /import",
            "POST /import",
            "GET /import/reading/{job}",
            "GET /import/reading/{job}/progress",
            "GET /import/{id}/columns",
            "POST /import/{id}/columns",
            "POST /import/{id}/mend",
            "POST /import/{id}/find",
            "POST /import/{id}/take",
            "GET /import/{id}/undo",
            "POST /import/{id}/undo",
            "POST /import/{id}/drop",
            "GET /layouts",
            "GET /layouts/{id}",
            "POST /layouts/{id}",
            "GET /templates/{name}",
            "POST /layouts/{id}/rename",
            "POST /layouts/{id}/forget",
        ],
    ),
    (
        READS_ALL,
        true,
        &["GET /imports", "GET /import/{id}", "GET /import/{id}/progress", "GET /import/{id}/rejects.xlsx"],
    ),
    (
        SEES_DIFFERENCES,
        false,
        &[
            "GET /differences",
            "POST /differences/find",
            "GET /differences/export.xlsx",
            "GET /differences/export.csv",
            "GET /differences/slip",
            "GET /differences/{id}",
        ],
    ),
    (
        CENTRE,
        true,
        &[
            "POST /differences/bulk",
            "POST /differences/{id}/resolve",
            "POST /differences/{id}/assign",
            "POST /differences/{id}/reopen",
        ],
    ),
    (SEES_PLACES, false, &["GET /divisions"]),
    (KEEPS_WATCH, true, &["GET /admin", "GET /admin/system"]),
    (
        READS_ALL,
        true,
        &[
            "GET /admin/calendar",
            "GET /admin/packs",
            "GET /admin/packs/{name}",
            "GET /admin/amendments/{id}",
            "POST /admin/amendments/{id}/reject",
            "POST /admin/amendments/{id}/approve",
            "GET /erasures",
            "GET /erasures/{id}",
            "POST /erasures/{id}/reject",
            "POST /erasures/{id}/approve",
        ],
    ),
    (
        CENTRE,
        true,
        &[
            "GET /admin/places",
            "GET /admin/places/{id}",
            "POST /admin/places/{id}/add",
            "POST /admin/places/{id}/rename",
            "POST /admin/places/{id}/end",
            "POST /admin/places/{id}/move",
            "POST /admin/places/{id}/merge",
            "POST /admin/places/recode/check",
            "POST /admin/places/recode",
            "POST /admin/places/list/check",
            "POST /admin/places/list/look",
            "POST /admin/places/list",
            "GET /admin/places/{id}/service-point",
            "POST /admin/places/{id}/service-point",
            "GET /admin/officers",
            "POST /admin/officers",
            "GET /admin/officers/{id}",
            "POST /admin/officers/{id}",
            "POST /admin/officers/{id}/leave",
            "POST /admin/officers/{id}/back",
            "GET /admin/officers/{id}/hand-over",
            "POST /admin/officers/{id}/hand-over",
            "GET /admin/branches",
            "POST /admin/branches",
            "GET /admin/lenders/{id}",
            "POST /admin/lenders/{id}/add",
            "POST /admin/lenders/{id}/rename",
            "GET /admin/branches/{id}",
            "POST /admin/branches/{id}/rename",
            "GET /admin/branches/{id}/merge",
            "POST /admin/branches/{id}/merge",
            "POST /admin/calendar",
            "GET /admin/packs/{name}/edit",
            "POST /admin/packs/{name}/edit",
            "POST /admin/amendments/{id}/withdraw",
            "GET /households/{id}/erase",
            "POST /households/{id}/erase",
            "POST /erasures/{id}/withdraw",
        ],
    ),
    (SEES_OFFICERS, false, &["GET /officers", "GET /officers/{id}"]),
    (
        ADMINISTRATOR,
        true,
        &[
            "GET /accounts",
            "POST /accounts",
            "GET /accounts/{id}",
            "POST /accounts/{id}/post",
            "POST /accounts/{id}/post/{post}/take",
            "POST /accounts/{id}/disable",
            "POST /accounts/{id}/enable",
            "POST /accounts/{id}/reset",
            "GET /tokens",
            "POST /tokens",
            "POST /tokens/{id}/end",
            "POST /accounts/{id}/second-factor/off",
        ],
    ),
];

/// Open to whoever is signed in, but for their own work only with a password of their own; and to everybody.
pub(super) const AT_WORK: &str = "GET /";
pub(super) const SIGNED_IN: &[&str] = &[
    "GET /me",
    "POST /me/password",
    "GET /me/second-factor",
    "POST /me/second-factor/begin",
    "POST /me/second-factor/confirm",
    "POST /me/second-factor/codes",
    "POST /me/second-factor/off",
    "POST /me/post",
    "POST /me/sessions/{id}/end",
];
pub(super) const EVERYBODY: &[&str] = &[
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /sign-in/openid",
    "GET /sign-in/openid/back",
    "POST /sign-out",
    "POST /language",
    "POST /type",
    "POST /look",
    "GET /favicon.ico",
    "GET /api",
];
