//! The made-up people of a demo: one for each kind of post, so that anybody may see what each sees.

use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::board::Axis;
use bangfu_usecase::account::{self, Hashing, NewAccount};
use bangfu_usecase::board::{BoardRow, board};
use bangfu_usecase::{Ctx, Error};

use crate::app::App;

/// The password of all of them. It is no secret: the page for signing in fills it in.
pub(crate) const PASSWORD: &str = "demo-only-not-secret";

/// Those there are: what signs in, the name, the role, and whether the area is the whole county, or the place, branch or
/// officer with the most loans.
const ALL: [(&str, &str, Role, Option<Axis>); 9] = [
    ("centre", "罗敏", Role::CentreClerk, None),
    ("checker", "谭正", Role::CentreClerk, None),
    ("township", "邓小芸", Role::CentreClerk, Some(Axis::Township)),
    ("station", "欧阳兰", Role::StationClerk, Some(Axis::Village)),
    ("bank", "周立", Role::BankClerk, Some(Axis::Branch)),
    ("manager", "", Role::CreditManager, Some(Axis::Manager)),
    ("supervisor", "肖国平", Role::Supervisor, None),
    ("leader", "何远", Role::Leader, None),
    ("admin", "唐海", Role::Administrator, None),
];

/// Whether an account is one of theirs.
pub(crate) fn is_persona(login: &str) -> bool {
    ALL.iter().any(|(one, ..)| *one == login)
}

/// Makes those that are not there yet.
pub(crate) async fn ensure(app: &App, ctx: &Ctx) -> Result<(), Error> {
    let hashing = Hashing::default();
    let known: Vec<String> = {
        let mut tx = app.db.read().await?;
        account::list(&mut tx, ctx).await?.into_iter().map(|account| account.login).collect()
    };
    for (login, name, role, axis) in
        ALL.into_iter().filter(|(login, ..)| !known.iter().any(|one| one == login))
    {
        let Some((area, found)) = place(app, ctx, axis).await? else { continue };
        // A credit manager bears the name in the books.
        let name = if name.is_empty() { found } else { name.to_owned() };
        let password = Some(PASSWORD.to_owned());
        let new = NewAccount { login: login.to_owned(), name, role, area, password };
        account::create(&app.db, ctx, &hashing, &new).await?;
    }
    Ok(())
}

/// Where one works: the whole county, or the row of a board with the most loans, with its name.
async fn place(app: &App, ctx: &Ctx, axis: Option<Axis>) -> Result<Option<(Area, String)>, Error> {
    let Some(axis) = axis else { return Ok(Some((Area::County, String::new()))) };
    let mut tx = app.db.read().await?;
    let board = board(&mut tx, &ctx.scope, axis, app.today(), None).await?;
    let owing = |row: &BoardRow| row.figures.owing().loans;
    let Some(row) = board.rows.into_iter().filter(|row| row.key_id != 0).max_by_key(owing) else {
        return Ok(None);
    };
    let area = match axis {
        Axis::Branch => Area::Branch(row.key_id),
        Axis::Manager => Area::Officer(row.key_id),
        _ => Area::Division(row.key_id),
    };
    Ok(Some((area, row.name)))
}
