//! The families of texts: which words of the code have which texts.

/// Texts whose keys are made of a word of the code: `%` stands for the word.
pub(crate) struct Family {
    /// Every word has these texts.
    pub(crate) texts: &'static [&'static str],
    /// A word may have these texts.
    pub(crate) optional: &'static [&'static str],
    /// Where the words stand: a file, and what goes before a word there, written without blanks. A mark that ends
    /// with `::` is an enum whose variants lead to their words.
    pub(crate) words: &'static [(&'static str, &'static str)],
}

/// Every family.
pub(crate) const FAMILIES: &[Family] = &[
    Family {
        texts: &["standing-%", "standing-%-short", "standing-%-note"],
        optional: &["standing-%-under"],
        words: &[("crates/domain/src/warning.rs", "Standing::")],
    },
    Family {
        texts: &["reason-%"],
        optional: &[],
        words: &[("crates/domain/src/warning.rs", "ReasonRule::")],
    },
    Family { texts: &["look-%"], optional: &[], words: &[("crates/bangfu/src/web/page.rs", "Look::")] },
    Family {
        texts: &["waits-%", "waits-%-hint"],
        optional: &[],
        words: &[("crates/bangfu/src/web/home.rs", "waits(lang,\"")],
    },
    Family {
        texts: &["point-kind-%"],
        optional: &[],
        words: &[("crates/domain/src/service_point.rs", "PointKind::")],
    },
    Family { texts: &["role-%"], optional: &[], words: &[("crates/domain/src/officer.rs", "Role::")] },
    Family {
        texts: &["pack-fault-%"],
        optional: &[],
        words: &[("crates/domain/src/policy/fault.rs", "PackFaultKind::")],
    },
    Family { texts: &["choice-%"], optional: &[], words: &[("crates/domain/src/policy/reward.rs", "(\"")] },
    Family {
        texts: &["fault-%", "cure-%", "fault-title-%"],
        optional: &[],
        words: &[("crates/sheets/src/fault.rs", "FaultCode::")],
    },
    Family {
        texts: &["import-kind-%", "import-kind-%-note", "changed-%", "undo-rows-%"],
        optional: &[],
        words: &[("crates/sheets/src/lib.rs", "Kind::")],
    },
    Family {
        texts: &["column-%", "column-%-note"],
        optional: &[],
        words: &[
            ("crates/sheets/src/names/mod.rs", "names(\""),
            ("crates/sheets/src/names/ledger.rs", "names(\""),
        ],
    },
    Family {
        texts: &["template-%"],
        optional: &[],
        words: &[("crates/sheets/src/template.rs", "Template::")],
    },
    Family { texts: &["skipped-%"], optional: &[], words: &[("crates/sheets/src/parsed.rs", "(\"")] },
    Family {
        texts: &["intake-%"],
        optional: &[],
        words: &[
            ("crates/sheets/src/read/mod.rs", "ReadFault::"),
            ("crates/bangfu/src/intake.rs", "IntakeFault::"),
        ],
    },
    Family {
        texts: &["store-%"],
        optional: &[],
        words: &[
            ("crates/store/src/error.rs", "Error::"),
            ("crates/store/src/error.rs", "KeyFault::"),
            ("crates/store/src/error.rs", "OpenFault::"),
        ],
    },
    Family {
        texts: &["refusal-%"],
        optional: &["refusal-cure-%"],
        words: &[
            ("crates/usecase/src/error/key.rs", "Refusal::"),
            ("crates/usecase/src/account/fault.rs", "AccountFault::"),
            ("crates/usecase/src/token/mod.rs", "TokenFault::"),
            ("crates/usecase/src/amendment/fault.rs", "AmendmentFault::"),
            ("crates/usecase/src/division/fault.rs", "PlaceFault::"),
            ("crates/usecase/src/proposal.rs", "ProposalFault::"),
            ("crates/usecase/src/erase/fault.rs", "EraseFault::"),
            ("crates/usecase/src/keep.rs", "KeepFault::"),
            ("crates/usecase/src/saved_list.rs", "ListFault::"),
            ("crates/usecase/src/task/mod.rs", "ContactFault::"),
            ("crates/usecase/src/handling/fault.rs", "HandlingFault::"),
            ("crates/usecase/src/message/fault.rs", "MessageFault::"),
            ("crates/usecase/src/reward/fault.rs", "RewardFault::"),
            ("crates/usecase/src/paper/fault.rs", "PaperFault::"),
        ],
    },
    Family {
        texts: &["place-line-%"],
        optional: &[],
        words: &[("crates/usecase/src/division/list/read.rs", "LineFaultKind::")],
    },
    Family {
        texts: &["place-fate-%"],
        optional: &[],
        words: &[("crates/usecase/src/division/list/plan.rs", "Fate::")],
    },
    Family {
        texts: &["problem-%"],
        optional: &["problem-%-detail"],
        words: &[("crates/bangfu/src/web/api/problem.rs", "Problem::")],
    },
    Family { texts: &["api-%"], optional: &[], words: &[("crates/bangfu/src/web/api/mod.rs", ",\"")] },
    Family {
        texts: &["difference-%", "difference-%-book", "difference-kind-%"],
        optional: &["difference-%-bank"],
        words: &[("crates/domain/src/difference/kind.rs", "DifferenceKind::")],
    },
    Family {
        texts: &["difference-state-%"],
        optional: &[],
        words: &[("crates/domain/src/difference/state.rs", "DifferenceState::")],
    },
    Family {
        texts: &["difference-step-%"],
        optional: &[],
        words: &[("crates/domain/src/difference/step.rs", "StepKind::")],
    },
    Family {
        texts: &["difference-tab-%"],
        optional: &[],
        words: &[
            ("crates/bangfu/src/web/difference/filter.rs", "Shown::Standing,\""),
            ("crates/bangfu/src/web/difference/filter.rs", "),\""),
            ("crates/bangfu/src/web/difference/filter.rs", "Shown::Late,\""),
            ("crates/bangfu/src/web/difference/filter.rs", "Shown::All,\""),
        ],
    },
    Family {
        texts: &["alert-%"],
        optional: &[],
        words: &[
            ("crates/domain/src/task/late.rs", "Happening::"),
            ("crates/usecase/src/notice/mod.rs", "LEVEL:&str=\""),
        ],
    },
    Family {
        texts: &["channel-%"],
        optional: &[],
        words: &[("crates/domain/src/message/channel.rs", "Channel::")],
    },
    Family {
        texts: &["message-state-%"],
        optional: &[],
        words: &[("crates/domain/src/message/mod.rs", "State::")],
    },
    Family {
        texts: &["message-cause-%"],
        optional: &[],
        words: &[("crates/domain/src/message/settle.rs", "CauseKind::")],
    },
    Family {
        texts: &["desk-%"],
        optional: &[],
        words: &[
            ("crates/domain/src/policy/response.rs", "Recipient::"),
            ("crates/domain/src/message/desk.rs", "Desk::"),
        ],
    },
    Family {
        texts: &["slip-place-%"],
        optional: &[],
        words: &[("crates/domain/src/message/slip.rs", "Place::")],
    },
    Family {
        texts: &["messages-part-%"],
        optional: &[],
        words: &[("crates/store/src/message/list.rs", "Part::")],
    },
    Family { texts: &["slips-part-%"], optional: &[], words: &[("crates/store/src/slip/list.rs", "Part::")] },
    Family { texts: &["way-%"], optional: &[], words: &[("crates/domain/src/difference/way.rs", "Way::")] },
    Family {
        texts: &["reward-kind-%"],
        optional: &[],
        words: &[("crates/domain/src/reward/mod.rs", "RewardKind::")],
    },
    Family {
        texts: &["reward-why-%", "reward-short-%"],
        optional: &[],
        words: &[("crates/domain/src/reward/why.rs", "WhyNot::")],
    },
    Family {
        texts: &["reward-step-%"],
        optional: &[],
        words: &[("crates/domain/src/reward/deed.rs", "ListDeed::")],
    },
    Family { texts: &["contact-way-%"], optional: &[], words: &[("crates/domain/src/task/way.rs", "Way::")] },
    Family {
        texts: &["contact-outcome-%"],
        optional: &[],
        words: &[("crates/domain/src/task/outcome.rs", "Outcome::")],
    },
    Family {
        texts: &[],
        optional: &["did-%"],
        words: &[
            ("crates/usecase/src/task/mod.rs", "ctx.entry(\""),
            ("crates/usecase/src/unmasking.rs", "ctx.entry(\""),
            ("crates/usecase/src/grant.rs", "ctx.entry(\""),
            ("crates/usecase/src/export.rs", "ctx.entry(\""),
            ("crates/usecase/src/import/mod.rs", "ctx.entry(\""),
            ("crates/usecase/src/import/stage.rs", "ctx.entry(\""),
            ("crates/usecase/src/import/ledger/take.rs", "ctx.entry(\""),
            ("crates/usecase/src/import/undo/mod.rs", "ctx.entry(\""),
            ("crates/usecase/src/audit/trail.rs", "EXPORTED:&str=\""),
            ("crates/usecase/src/officer/assign.rs", "what=(\""),
            ("crates/usecase/src/officer/hand_over.rs", "what=(\""),
        ],
    },
    Family {
        texts: &["outcome-%"],
        optional: &[],
        words: &[("crates/store/src/task/account.rs", "Stage::")],
    },
    Family {
        texts: &["promise-%"],
        optional: &[],
        words: &[("crates/domain/src/task/promise.rs", "Fate::")],
    },
    Family {
        texts: &["handling-kind-%", "handling-kind-%-hint"],
        optional: &[],
        words: &[("crates/domain/src/handling/mod.rs", "Kind::")],
    },
    Family {
        texts: &["handling-state-%"],
        optional: &[],
        words: &[("crates/domain/src/handling/state.rs", "State::")],
    },
    Family {
        texts: &["handling-step-%"],
        optional: &[],
        words: &[
            ("crates/domain/src/handling/moves.rs", "Move::"),
            ("crates/usecase/src/handling/propose.rs", "step(ctx,\""),
            ("crates/usecase/src/handling/decide.rs", "LAPSE:&str=\""),
        ],
    },
    Family {
        texts: &["clause-%"],
        optional: &[],
        words: &[
            ("crates/domain/src/handling/clause.rs", "Clause::"),
            ("crates/domain/src/handling/clause.rs", "Verdict::"),
        ],
    },
    Family {
        texts: &["handlings-%", "handlings-none-%"],
        optional: &[],
        words: &[("crates/bangfu/src/web/handling/mod.rs", "Waiting::")],
    },
    Family {
        texts: &["paper-%", "paper-%-note"],
        optional: &[],
        words: &[("crates/domain/src/paper/mod.rs", "PaperKind::")],
    },
    Family {
        texts: &["paper-fault-%"],
        optional: &[],
        words: &[("crates/domain/src/paper/template.rs", "TemplateFaultKind::")],
    },
    Family {
        texts: &["tasks-%", "tasks-none-%"],
        optional: &[],
        words: &[("crates/bangfu/src/web/task/mod.rs", "Show::")],
    },
    Family { texts: &["access-%"], optional: &[], words: &[("crates/domain/src/grant.rs", "GrantState::")] },
    Family { texts: &["%"], optional: &[], words: &[("crates/store/src/person.rs", "SecretKind::")] },
    Family {
        texts: &["suggestion-%"],
        optional: &[],
        words: &[("crates/domain/src/difference/suggestion.rs", "Suggestion::")],
    },
    Family {
        texts: &["field-%"],
        optional: &[],
        words: &[
            ("crates/usecase/src/import/ledger/change.rs", ".note(\""),
            ("crates/usecase/src/import/ledger/planner.rs", "changes.note(\""),
            ("crates/usecase/src/import/ledger/position.rs", "changes.note(\""),
            ("crates/usecase/src/import/officer.rs", "change(\""),
            ("crates/usecase/src/import/household.rs", "change(&new,\""),
            ("crates/usecase/src/import/household.rs", "(\""),
        ],
    },
    Family { texts: &["event-%"], optional: &[], words: &[("crates/bangfu/src/web/loan/event.rs", "=>(\"")] },
    Family {
        texts: &["ground-%", "ground-cure-%"],
        optional: &[],
        words: &[("crates/usecase/src/import/undo/ground.rs", "GroundKind::")],
    },
    Family {
        texts: &["import-stage-%"],
        optional: &[],
        words: &[("crates/bangfu/src/web/import/view.rs", "Stage::")],
    },
    Family {
        texts: &["cli-typed-%"],
        optional: &[],
        words: &[("crates/bangfu/src/cli/typed.rs", "=>(\""), ("crates/bangfu/src/cli/typed.rs", ";(\"")],
    },
    Family { texts: &[], optional: &["cli-form-%"], words: &[("crates/bangfu/src/cli/typed.rs", "\"")] },
    Family {
        texts: &["list-fault-%"],
        optional: &[],
        words: &[("crates/domain/src/calendar/list.rs", "ListFaultKind::")],
    },
    Family {
        texts: &["doctor-%"],
        optional: &[],
        words: &[
            ("crates/usecase/src/checkup.rs", "State::Well,\""),
            ("crates/usecase/src/checkup.rs", "State::Note,\""),
            ("crates/usecase/src/checkup.rs", "State::Ill,\""),
            ("crates/bangfu/src/checkup.rs", "State::Well,\""),
            ("crates/bangfu/src/checkup.rs", "State::Ill,\""),
            ("crates/bangfu/src/cli/doctor.rs", "State::Well,\""),
            ("crates/bangfu/src/cli/doctor.rs", "State::Ill,\""),
        ],
    },
    Family {
        texts: &[],
        optional: &["bench-%"],
        words: &[("crates/bangfu/src/cli/bench/mod.rs", "\""), ("crates/bangfu/src/cli/bench/book.rs", "\"")],
    },
];
