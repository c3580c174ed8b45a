//! What a short list would change: its rows are read first, which needs no book, and then held against it.

use bangfu_sheets::Kind;
use bangfu_sheets::households::{self, HouseholdRow};
use bangfu_sheets::ledger::balances::{self, BalanceRow};
use bangfu_sheets::officers::{self, OfficerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::repayments::{self, RepaymentRow};
use bangfu_store::county::County;
use bangfu_store::{Db, Tx};
use jiff::civil::Date;

use super::registry::{Names, home};
use super::report::Report;
use super::{Meter, Scene, Upload, household, ledger, officer, repayment};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// The rows of a short list, with the day that its user says of it.
pub(super) enum Lines {
    Balances(Parsed<BalanceRow>, Option<Date>),
    Households(Parsed<HouseholdRow>),
    Officers(Parsed<OfficerRow>),
    Repayments(Parsed<RepaymentRow>, Option<Date>),
}

impl Lines {
    /// Reads the rows of a list. Of a long one that takes seconds: nobody else may have to wait for it.
    pub(super) fn of(county: &County, upload: &Upload) -> Result<Lines, Error> {
        let (book, layout) = (&upload.book, upload.layout());
        let lines = match upload.kind {
            Kind::Households => households::read(book, layout).map(Lines::Households),
            Kind::Officers => officers::read(book, layout).map(Lines::Officers),
            Kind::Ledger => {
                balances::read(book, home(county), layout).map(|parsed| Lines::Balances(parsed, upload.as_of))
            }
            Kind::Repayments => {
                repayments::read(book, layout).map(|parsed| Lines::Repayments(parsed, upload.until_on))
            }
        };
        Ok(lines.map_err(Refusal::Header)?)
    }
}

/// What a plan will write.
enum Write {
    Balances(Box<ledger::balances::Plan>),
    Households(Box<Names>),
    Officers(Box<officer::Plan>),
    Repayments(Box<repayment::Plan>),
}

/// What a list would change: the report, and what is to be written.
pub(super) struct Plan {
    pub(super) report: Report,
    write: Write,
}

impl Plan {
    /// Holds the rows of a list against the book.
    pub(super) async fn of(
        tx: &mut Tx,
        db: &Db,
        ctx: &Ctx,
        county: &County,
        upload: &Upload,
        lines: &Lines,
        meter: &Meter,
    ) -> Result<Plan, Error> {
        if let Some(day) = upload.until_on.filter(|day| *day > ctx.day()) {
            return Err(Refusal::DayAhead { day }.into());
        }
        let (mut report, write) = match lines {
            Lines::Households(parsed) => {
                let (report, names) = household::plan(tx, db, ctx, county, parsed, meter).await?;
                (report, Write::Households(Box::new(names)))
            }
            Lines::Officers(parsed) => {
                let (report, plan) = officer::plan(tx, db, ctx, county, parsed, meter).await?;
                (report, Write::Officers(Box::new(plan)))
            }
            Lines::Balances(parsed, as_of) => {
                let rules = Rules::load(tx, county, None).await?;
                let said = (parsed, *as_of);
                let (report, plan) = ledger::balances::plan(tx, db, ctx, county, rules, said, meter).await?;
                (report, Write::Balances(Box::new(plan)))
            }
            Lines::Repayments(parsed, until_on) => {
                let rules = Rules::load(tx, county, None).await?;
                let said = (parsed, *until_on);
                let (report, plan) = repayment::plan(tx, db, ctx, county, rules, said, meter).await?;
                (report, Write::Repayments(Box::new(plan)))
            }
        };
        report.name_rows(upload);
        Ok(Plan { report, write })
    }

    /// Writes what the list changes; its report.
    pub(super) async fn write(self, tx: &mut Tx, scene: &Scene<'_>) -> Result<Report, Error> {
        match self.write {
            Write::Balances(plan) => ledger::balances::write(tx, scene, *plan).await?,
            Write::Households(names) => names.save(tx, scene).await?,
            Write::Officers(plan) => officer::write(tx, scene, *plan).await?,
            Write::Repayments(plan) => repayment::write(tx, scene, *plan).await?,
        }
        Ok(self.report)
    }
}
