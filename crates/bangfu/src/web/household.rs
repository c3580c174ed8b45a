//! `/households/{id}`: one household, who belongs to it, who stands by it, and its loans.

use axum::extract::{Path, Query};
use axum::response::Response;
use bangfu_domain::officer::Role;
use bangfu_store::person::SecretKind;
use bangfu_usecase::access::Right;
use bangfu_usecase::household::{self, Member, Sheet};
use bangfu_usecase::rules::Rules;
use bangfu_usecase::unmasking::Whose;

use super::carrier::{Carried, Carrier, CarrierPage, OnDay, carried, fact};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::loan::filter::{LoanFilter, Wanted};
use super::loan::list::Names;
use super::loan::one::class_of;
use super::loan::view::Fact;
use super::menu::Section;
use super::{erasure, officer, trail, unmasking};
use crate::texts::Lang;

/// The address of a household's page.
pub(crate) fn path(household_id: i64) -> String {
    format!("/households/{household_id}")
}

/// `GET /households/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(household_id): Path<i64>,
    Query(asked): Query<OnDay>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let day = asked.read(ctx.today, &path(household_id))?;
    let mut tx = face.app.db.read().await?;
    let sheet = household::sheet(&face.app.db, &mut tx, &ctx, household_id, day).await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, day).await?;
    let list = LoanFilter { household: Some(household_id), state: Wanted::Any, ..LoanFilter::of_day(day) };
    let rules = Rules::load(&mut tx, &county, None).await?;
    let class = sheet.household.class.as_deref();
    let pack = rules.pack_or_first(day)?;
    let (township, village) = names.village(sheet.household.village_id);
    // Of a household's few loans each is told by itself.
    let few = carried(&mut tx, &face, &county, &names, &list, day).await?;
    let carrier = Carrier {
        name: sheet.household.head_name.clone(),
        kind_key: "household",
        back: None,
        day,
        line: vec![(format!("{township} {village}").trim().to_owned(), None)],
        carried: Carried { figures: Vec::new(), windows: Vec::new(), ..few },
        sections: vec![
            ("household", about(visitor.lang, &sheet, class.map(|word| class_of(visitor.lang, pack, word)))),
            ("household-known-members", members(&face, visitor.lang, &sheet, day == ctx.today)),
            ("household-officers", supporters(&sheet, face.may(Right::SeeOfficers))),
        ],
    };
    let mut carrier = carrier;
    if face.may(Right::SeeUnmaskings) {
        carrier.line.push((visitor.lang.text("trail-title"), Some(trail::path(household_id))));
    }
    let page = face.page_of_loans(&mut tx, &visitor, Section::Loans, &county).await?;
    html(&CarrierPage { page, carrier })
}

fn about(lang: Lang, sheet: &Sheet, class: Option<String>) -> Vec<Fact> {
    let size = sheet.household.size.map(|size| lang.number(size));
    vec![
        fact("household-head", sheet.household.head_name.clone()),
        fact("household-size", size.unwrap_or_default()),
        fact("household-class", class.unwrap_or_default()),
    ]
}

/// Who belongs to the household, each with their numbers, masked. Today all of one may be asked for, and that they are erased.
fn members(face: &Face, lang: Lang, sheet: &Sheet, today: bool) -> Vec<Fact> {
    let household_id = sheet.household.household_id;
    let mut facts = Vec::new();
    for Member { person, identity_masked, phone_masked, erased } in &sheet.members {
        let whose = Whose::Member { household_id, person_id: person.person_id };
        let none = if *erased { lang.text("number-erased") } else { String::new() };
        let number = |kind: SecretKind, masked: &Option<String>| Fact {
            unmask: (masked.is_some() && today && face.may(Right::Unmask))
                .then(|| unmasking::address_of(whose, kind)),
            ..fact(kind.key(), masked.clone().unwrap_or_else(|| none.clone()))
        };
        let name_key = if person.is_head { "household-head" } else { "household-member" };
        facts.push(fact(name_key, person.name.clone()));
        facts.push(number(SecretKind::Identity, identity_masked));
        facts.push(number(SecretKind::Phone, phone_masked));
        let has_numbers = identity_masked.is_some() || phone_masked.is_some();
        if has_numbers && today && face.may(Right::ProposeErasure) {
            let href = Some(erasure::address_of(household_id, person.person_id));
            facts.push(Fact { href, ..fact("erase-numbers", lang.text("erase-ask")) });
        }
    }
    if facts.is_empty() {
        facts.push(fact("household-member", String::new()));
    }
    facts
}

/// Who stands by the household: the three of every loan, and whoever else is tied to it.
fn supporters(sheet: &Sheet, opens: bool) -> Vec<Fact> {
    let three = [Role::CreditManager, Role::IndustryGuide, Role::TechnologyOfficer];
    let others = Role::ALL.into_iter().filter(|role| !three.contains(role));
    let mut facts = Vec::new();
    for role in three.into_iter().chain(others) {
        let mut tied = sheet.ties.iter().filter(|(tie, _)| tie.role == role).peekable();
        if tied.peek().is_none() && three.contains(&role) {
            facts.push(fact(role_key(role), String::new()));
        }
        for (tie, name) in tied {
            let href = opens.then(|| officer::path(tie.officer_id));
            facts.push(Fact { href, ..Fact::of(role_key(role), name.clone()) });
        }
    }
    facts
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::CreditManager => "role-credit-manager",
        Role::IndustryGuide => "role-industry-guide",
        Role::TechnologyOfficer => "role-technology-officer",
        Role::PairedCadre => "role-paired-cadre",
        Role::FirstSecretary => "role-first-secretary",
        Role::StationClerk => "role-station-clerk",
        Role::CentreClerk => "role-centre-clerk",
        Role::BankClerk => "role-bank-clerk",
        Role::Supervisor => "role-supervisor",
        Role::Leader => "role-leader",
        Role::Administrator => "role-administrator",
    }
}
