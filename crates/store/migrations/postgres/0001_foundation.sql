-- The foundation. Keys of tables that grow begin with the immutable county_id; divisions are reference tables.
-- Dates are DATE; instants are microseconds since 1970 UTC; money is fen; flags are 0 or 1.
-- What an import made that was taken back is `gone`: for nobody there, but answers of before still name it.

CREATE TABLE county (
    county_id    BIGINT NOT NULL PRIMARY KEY,
    -- Code and name are those of the division, by day.
    division_id  BIGINT NOT NULL,
    time_zone    TEXT COLLATE "C" NOT NULL,
    pack_id      TEXT COLLATE "C",
    demo         BIGINT NOT NULL,
    -- The newest key that seals the secrets; without it the book is not opened.
    key_id       TEXT COLLATE "C" NOT NULL,
    -- The day of the first position: the first close starts here.
    opening_on   DATE,
    closed_on    DATE,
    -- The newest ledger position.
    position_on  DATE,
    -- Counters. Every writer takes this row first, so that numbers follow the order of commits.
    change_seq   BIGINT NOT NULL,
    next_id      BIGINT NOT NULL,
    -- Files have numbers of their own: one that breaks off leaves no gap among the rows of the book.
    next_import  BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    -- Goes up whenever the board's differences are added to.
    board_seq    BIGINT NOT NULL,
    -- The last day of which everybody was told who is told.
    told_on      DATE,
    -- How far the record goes, and the mark of its last entry.
    audit_no     BIGINT NOT NULL,
    audit_mark   TEXT COLLATE "C"   NOT NULL
);

CREATE TABLE division (
    division_id BIGINT NOT NULL PRIMARY KEY,
    level       BIGINT NOT NULL
);

-- Codes, names and parents are dated: 孟津 410322 became 410308.
CREATE TABLE division_term (
    division_id BIGINT NOT NULL REFERENCES division (division_id),
    valid_from  DATE   NOT NULL,
    valid_to    DATE   NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    name_key    TEXT COLLATE "C" NOT NULL,
    parent_id   BIGINT,
    -- What took over after the last day: it stands for the division from then on.
    successor_id BIGINT,
    PRIMARY KEY (division_id, valid_from)
);
CREATE INDEX division_term_code ON division_term (code);
CREATE INDEX division_term_parent ON division_term (parent_id);

CREATE TABLE division_closure (
    ancestor_id   BIGINT NOT NULL,
    descendant_id BIGINT NOT NULL,
    depth         BIGINT NOT NULL,
    valid_from    DATE   NOT NULL,
    valid_to      DATE   NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id, valid_from)
);
CREATE INDEX division_closure_descendant ON division_closure (descendant_id, ancestor_id);

-- Service points of places (金融扶贫服务中心 / 服务站), each row as one stood from a day on: another name or kind is a new row.
CREATE TABLE service_point (
    county_id        BIGINT NOT NULL REFERENCES county (county_id),
    service_point_id BIGINT NOT NULL,
    division_id      BIGINT NOT NULL,
    -- centre, station, desk, window
    kind             TEXT COLLATE "C" NOT NULL,
    -- None where nobody has named it.
    name             TEXT COLLATE "C",
    -- The first day of the calendar where no day is known.
    from_on          DATE   NOT NULL,
    -- The day after the last.
    to_on            DATE,
    PRIMARY KEY (county_id, service_point_id)
);
CREATE UNIQUE INDEX service_point_division ON service_point (county_id, division_id, from_on);

CREATE TABLE lender (
    county_id BIGINT NOT NULL REFERENCES county (county_id),
    lender_id BIGINT NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    gone      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, lender_id)
);
CREATE UNIQUE INDEX lender_name ON lender (county_id, name);

CREATE TABLE branch (
    county_id BIGINT NOT NULL,
    branch_id BIGINT NOT NULL,
    lender_id BIGINT NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    name_key  TEXT COLLATE "C" NOT NULL,
    -- 数据截止日: the bank's data are complete up to this day.
    until_on  DATE,
    -- 撤并: the branch that has its loans from a day on.
    merged_into BIGINT,
    merged_on   DATE,
    gone      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, branch_id),
    FOREIGN KEY (county_id, lender_id) REFERENCES lender (county_id, lender_id)
);
CREATE UNIQUE INDEX branch_name ON branch (county_id, name);

-- What institutions, branches and officers were called before: files still call them so.
CREATE TABLE former_name (
    county_id BIGINT NOT NULL,
    -- lender, branch, officer
    noun      TEXT COLLATE "C" NOT NULL,
    row_id    BIGINT NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    -- The day from which it was called otherwise.
    until_on  DATE   NOT NULL,
    PRIMARY KEY (county_id, noun, row_id, until_on)
);

-- Up to which day each file says that a branch has reported, also where that is no news: the latest day holds. Where a
-- file is taken back, the day that is left is told, and none where no file is.
CREATE TABLE branch_report (
    county_id   BIGINT NOT NULL,
    branch_id   BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    until_on    DATE,
    taken_back  BIGINT NOT NULL,
    import_id   BIGINT NOT NULL,
    PRIMARY KEY (county_id, branch_id, recorded_at)
);

CREATE TABLE enterprise (
    county_id     BIGINT NOT NULL REFERENCES county (county_id),
    enterprise_id BIGINT NOT NULL,
    name          TEXT COLLATE "C" NOT NULL,
    name_key      TEXT COLLATE "C" NOT NULL,
    credit_code   TEXT COLLATE "C",
    gone          BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, enterprise_id)
);
CREATE UNIQUE INDEX enterprise_name ON enterprise (county_id, name);

CREATE TABLE household (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    household_id BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    head_name    TEXT COLLATE "C" NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL,
    size         BIGINT,
    class        TEXT COLLATE "C",
    version      BIGINT NOT NULL,
    gone         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, household_id)
);
CREATE INDEX household_village ON household (county_id, village_id, name_key);
CREATE INDEX household_name ON household (county_id, name_key, household_id, village_id);

CREATE TABLE person (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    person_id    BIGINT NOT NULL,
    household_id BIGINT,
    name         TEXT COLLATE "C" NOT NULL,
    name_key     TEXT COLLATE "C" NOT NULL,
    is_head      BIGINT NOT NULL,
    gone         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, person_id)
);
CREATE INDEX person_household ON person (county_id, household_id);

-- Each person's own key, sealed: it seals their numbers, and destroyed, it leaves them closed for good.
CREATE TABLE person_key (
    county_id  BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    ciphertext BYTEA NOT NULL,
    PRIMARY KEY (county_id, person_id),
    FOREIGN KEY (county_id, person_id) REFERENCES person (county_id, person_id)
);

-- Identity numbers, phones and accounts: encrypted here, nowhere else, each by its person's own key.
CREATE TABLE secret (
    county_id      BIGINT NOT NULL,
    person_id      BIGINT NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    ciphertext     BYTEA  NOT NULL,
    hash           BYTEA  NOT NULL,
    last_four_hash BYTEA  NOT NULL,
    PRIMARY KEY (county_id, person_id, kind),
    FOREIGN KEY (county_id, person_id) REFERENCES person (county_id, person_id)
);
CREATE INDEX secret_hash ON secret (county_id, kind, hash);
CREATE INDEX secret_last_four ON secret (county_id, last_four_hash);

-- What hashes the numbers, sealed: a key of its own, the same while the keys that seal change.
CREATE TABLE hash_key (
    hash_key_id BIGINT NOT NULL PRIMARY KEY,
    ciphertext  BYTEA NOT NULL
);

-- Which numbers were shown whole: to whom, whose, on which page, and why. Never changed.
CREATE TABLE unmasking (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    change_seq   BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    -- The county's day, by which they are counted.
    on_day       DATE   NOT NULL,
    -- 0 where it was no account: an export at the command line.
    account_id   BIGINT NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    -- Whose number it is, and the loan or the household on whose page it was asked for; nothing of an export, which shows
    -- those of the whole county.
    person_id    BIGINT,
    loan_id      BIGINT,
    household_id BIGINT,
    -- identity, phone
    kind         TEXT COLLATE "C" NOT NULL,
    -- One, or those of an export.
    numbers      BIGINT NOT NULL,
    -- For what, as the county's list called it then; nothing of an export.
    why_zh       TEXT COLLATE "C",
    why_en       TEXT COLLATE "C",
    reason       TEXT COLLATE "C" NOT NULL,
    -- From where it was asked for.
    client_id    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, change_seq)
);
CREATE INDEX unmasking_account ON unmasking (county_id, account_id, on_day);
CREATE INDEX unmasking_loan ON unmasking (county_id, loan_id);
CREATE INDEX unmasking_household ON unmasking (county_id, household_id);

-- Numbers of a person that are to be destroyed (抹去号码): what somebody proposes and a second person decides on. Never
-- changed but in its state.
CREATE TABLE erasure (
    county_id  BIGINT NOT NULL REFERENCES county (county_id),
    erasure_id BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    -- Tells the numbers that there were when it was proposed from others.
    mark       TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    -- 0 where it was no account: the command line.
    maker_id   BIGINT NOT NULL,
    maker      TEXT COLLATE "C" NOT NULL,
    made_at    BIGINT NOT NULL,
    -- proposed; withdrawn by its maker; rejected or approved, and done, by another
    state      TEXT COLLATE "C" NOT NULL,
    decider_id BIGINT,
    decider    TEXT COLLATE "C",
    decided_at BIGINT,
    decision   TEXT COLLATE "C",
    version    BIGINT NOT NULL,
    PRIMARY KEY (county_id, erasure_id)
);
-- One at a time is decided on: whoever proposes another sees the first.
CREATE UNIQUE INDEX erasure_open ON erasure (county_id, person_id) WHERE state = 'proposed';

-- Access outside the own area (临时授权查阅): of an account to one household's loans, for a reason and a time. It is open
-- from the day it was granted or needed no grant until it ends; nothing widens by it but the pages opened through it.
CREATE TABLE access_grant (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    grant_id     BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    household_id BIGINT NOT NULL,
    -- The loan whose number was known, or the borrower's first.
    loan_id      BIGINT NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    hours        BIGINT NOT NULL,
    asked_at     BIGINT NOT NULL,
    client_id    TEXT COLLATE "C" NOT NULL,
    -- Who granted or refused it; nobody where it was open at once.
    decided_by   TEXT COLLATE "C",
    decided_at   BIGINT,
    -- Nothing while it waits, and where it was refused.
    ends_at      BIGINT,
    -- Who ended it before its time.
    ended_by     TEXT COLLATE "C",
    -- How many pages were opened through it.
    pages        BIGINT NOT NULL,
    PRIMARY KEY (county_id, grant_id)
);
CREATE INDEX access_grant_account ON access_grant (county_id, account_id);
CREATE INDEX access_grant_household ON access_grant (county_id, household_id);

CREATE TABLE officer (
    county_id  BIGINT NOT NULL REFERENCES county (county_id),
    officer_id BIGINT NOT NULL,
    person_id  BIGINT NOT NULL,
    -- The place where the officer serves: a township as a rule.
    division_id BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    -- 0 while only a ledger names the officer, 1 once a roster does.
    confirmed  BIGINT NOT NULL,
    -- The first day on which the officer serves no more.
    left_on    DATE,
    gone       BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, officer_id)
);
CREATE INDEX officer_place ON officer (county_id, division_id, name);

CREATE TABLE officer_role (
    county_id  BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, officer_id, role)
);

CREATE TABLE tie (
    county_id    BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    officer_id   BIGINT NOT NULL,
    role         TEXT COLLATE "C" NOT NULL,
    from_on      DATE   NOT NULL,
    to_on        DATE,
    import_id    BIGINT NOT NULL,
    PRIMARY KEY (county_id, household_id, role, officer_id, from_on)
);
CREATE INDEX tie_officer ON tie (county_id, officer_id);

-- Who was tied to whom by a file that was taken back: whoever saw the household's loans is told that they are gone.
CREATE TABLE tie_gone (
    county_id    BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    officer_id   BIGINT NOT NULL,
    PRIMARY KEY (county_id, household_id, officer_id)
);

-- Today's state of each loan, for speed: rebuilt from the events by a verb that also compares.
CREATE TABLE loan (
    county_id       BIGINT NOT NULL REFERENCES county (county_id),
    loan_id         BIGINT NOT NULL,
    lender_id       BIGINT NOT NULL,
    branch_id       BIGINT NOT NULL,
    number          TEXT COLLATE "C" NOT NULL,
    household_id    BIGINT,
    borrower_name   TEXT COLLATE "C" NOT NULL,
    name_key        TEXT COLLATE "C" NOT NULL,
    -- The number from its end: what ends a number begins it.
    number_reversed TEXT COLLATE "C" NOT NULL,
    enterprise_id   BIGINT,
    village_id      BIGINT NOT NULL,
    manager_id      BIGINT,
    -- The day from which village, branch and manager are these.
    placed_on       DATE   NOT NULL,
    guide_id        BIGINT,
    technologist_id BIGINT,
    household_class TEXT COLLATE "C",
    note            TEXT COLLATE "C",
    pack_id         TEXT COLLATE "C" NOT NULL,
    principal_fen   BIGINT NOT NULL,
    rate_percent    TEXT COLLATE "C",
    disbursed_on    DATE   NOT NULL,
    due_on          DATE   NOT NULL,
    term_months     BIGINT,
    purpose         TEXT COLLATE "C",
    repaid_fen      BIGINT NOT NULL,
    settled_on      DATE,
    -- Standing and balance on the last closed day, and the day of the next possible change.
    standing        BIGINT NOT NULL,
    balance_fen     BIGINT NOT NULL,
    next_change_on  DATE,
    event_seq       BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    -- 1 while its events say nothing: the import that brought it was taken back.
    gone            BIGINT NOT NULL,
    -- The standing of which it was last looked at whom to tell, in this term.
    told            BIGINT NOT NULL,
    PRIMARY KEY (county_id, loan_id)
);
CREATE UNIQUE INDEX loan_number ON loan (county_id, number, lender_id);
-- What a search narrows to a place stands in the index, so that it reads no loan of another.
CREATE INDEX loan_number_begin ON loan (county_id, number, loan_id, village_id, branch_id, manager_id, placed_on);
CREATE INDEX loan_number_end ON loan (county_id, number_reversed, loan_id, village_id, branch_id, manager_id, placed_on);
CREATE INDEX loan_next_change ON loan (county_id, next_change_on, loan_id) WHERE next_change_on IS NOT NULL;
CREATE INDEX loan_untold ON loan (county_id, told, loan_id) WHERE told <> standing;
CREATE INDEX loan_household ON loan (county_id, household_id);
CREATE INDEX loan_enterprise ON loan (county_id, enterprise_id) WHERE enterprise_id IS NOT NULL;
CREATE INDEX loan_name ON loan (county_id, name_key, loan_id, village_id, branch_id, manager_id, placed_on);
-- Under which packs loans stand that owe something on a day.
CREATE INDEX loan_pack ON loan (county_id, pack_id, settled_on, disbursed_on);

-- The parts by which the names of borrowers and of heads of households are found, each name once: as it is written,
-- as it sounds, and its initials, from each character to the end. Made from the names; a rebuild compares.
CREATE TABLE name_term (
    county_id BIGINT NOT NULL,
    -- 0 for the whole name, 1 for a part that begins within.
    inside    BIGINT NOT NULL,
    term      TEXT COLLATE "C" NOT NULL,
    name_key  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, inside, term, name_key)
);

-- The borrower is a household, several households jointly, or an enterprise.
CREATE TABLE loan_borrower (
    county_id     BIGINT NOT NULL,
    loan_id       BIGINT NOT NULL,
    ordinal       BIGINT NOT NULL,
    person_id     BIGINT,
    household_id  BIGINT,
    enterprise_id BIGINT,
    PRIMARY KEY (county_id, loan_id, ordinal)
);
CREATE INDEX loan_borrower_person ON loan_borrower (county_id, person_id);

-- Append-only. What happened to each loan, the day it takes effect and the instant it was recorded.
CREATE TABLE loan_event (
    county_id    BIGINT NOT NULL,
    loan_id      BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    effective_on DATE   NOT NULL,
    recorded_at  BIGINT NOT NULL,
    change_seq   BIGINT NOT NULL,
    import_id    BIGINT,
    body         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, loan_id, seq)
);

-- The history of each loan as known now, days ahead included: [from_on, to_on).
CREATE TABLE loan_interval (
    county_id   BIGINT NOT NULL,
    loan_id     BIGINT NOT NULL,
    from_on     DATE   NOT NULL,
    to_on       DATE   NOT NULL,
    standing    BIGINT NOT NULL,
    -- The standing before, or this one where there is none: who moves on a day is read off the index alone.
    was         BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    -- As it held on these days: an extension gives another.
    due_on      DATE   NOT NULL,
    village_id  BIGINT NOT NULL,
    branch_id   BIGINT NOT NULL,
    manager_id  BIGINT NOT NULL,
    PRIMARY KEY (county_id, loan_id, from_on)
);
CREATE INDEX loan_interval_from ON loan_interval (county_id, from_on, was, standing, loan_id);

-- Where each loan belonged at some time, with its due day: what the list behind a board's cell walks along in order,
-- one row per loan, place and due day, and holds against the intervals of its day. Loans that still owe stand in part 0, the others
-- each in the part of the month in which they were settled (year times 100 plus month): a list of a day walks along part 0
-- and the months from that day on, and meets hardly a loan that does not belong to it.
CREATE TABLE loan_place (
    county_id  BIGINT NOT NULL,
    loan_id    BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    branch_id  BIGINT NOT NULL,
    manager_id BIGINT NOT NULL,
    due_on     DATE   NOT NULL,
    part       BIGINT NOT NULL,
    -- The last day of the calendar while something is owed.
    settled_on DATE   NOT NULL,
    PRIMARY KEY (county_id, loan_id, village_id, branch_id, manager_id, due_on)
);
CREATE INDEX loan_place_due
    ON loan_place (county_id, part, due_on, loan_id, settled_on, village_id, branch_id, manager_id);
CREATE INDEX loan_place_village ON loan_place (county_id, village_id, part, due_on, loan_id);
CREATE INDEX loan_place_branch ON loan_place (county_id, branch_id, part, due_on, loan_id);
CREATE INDEX loan_place_manager ON loan_place (county_id, manager_id, part, due_on, loan_id);

-- Dated differences: a board of any day is their sum up to that day. Each is kept by day and summed up by month and by
-- year (span 0, 1, 2; on_day is its first day), so that a board adds years, months and days and no long row of days.
CREATE TABLE board_delta (
    county_id   BIGINT NOT NULL,
    axis        BIGINT NOT NULL,
    span        BIGINT NOT NULL,
    on_day      DATE   NOT NULL,
    key_id      BIGINT NOT NULL,
    standing    BIGINT NOT NULL,
    loans       BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (county_id, axis, span, on_day, key_id, standing)
);

-- What long works put aside, to be added to the board's differences many pages at a time; it counts already.
CREATE TABLE board_aside (
    county_id BIGINT NOT NULL,
    board_seq BIGINT NOT NULL,
    axis      BIGINT NOT NULL,
    -- How many, and the differences of days themselves.
    deltas    BIGINT NOT NULL,
    body      BYTEA  NOT NULL,
    PRIMARY KEY (county_id, axis, board_seq)
);

-- What each close published. Never changed afterwards.
CREATE TABLE day_close (
    county_id    BIGINT NOT NULL,
    on_day       DATE   NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (county_id, on_day)
);
CREATE TABLE day_figure (
    county_id   BIGINT NOT NULL,
    on_day      DATE   NOT NULL,
    division_id BIGINT NOT NULL,
    standing    BIGINT NOT NULL,
    loans       BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (county_id, on_day, division_id, standing)
);
CREATE TABLE day_move (
    county_id     BIGINT NOT NULL,
    on_day        DATE   NOT NULL,
    from_standing BIGINT NOT NULL,
    to_standing   BIGINT NOT NULL,
    loans         BIGINT NOT NULL,
    PRIMARY KEY (county_id, on_day, from_standing, to_standing)
);

CREATE TABLE bank_movement (
    county_id    BIGINT NOT NULL,
    lender_id    BIGINT NOT NULL,
    serial       TEXT COLLATE "C" NOT NULL,
    content_hash BYTEA  NOT NULL,
    number       TEXT COLLATE "C" NOT NULL,
    on_day       DATE   NOT NULL,
    amount_fen   BIGINT NOT NULL,
    balance_fen  BIGINT,
    -- principal, interest, other
    kind         TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C",
    identity_hash BYTEA,
    loan_id      BIGINT,
    event_seq    BIGINT,
    import_id    BIGINT NOT NULL,
    PRIMARY KEY (county_id, lender_id, serial)
);
CREATE INDEX bank_movement_loan ON bank_movement (county_id, loan_id);
CREATE INDEX bank_movement_import ON bank_movement (county_id, import_id);

CREATE TABLE difference (
    county_id     BIGINT NOT NULL,
    difference_id BIGINT NOT NULL,
    kind          TEXT COLLATE "C" NOT NULL,
    loan_id       BIGINT,
    -- The loan's branch, or, where no loan is known, the one that was asked to look into it.
    branch_id     BIGINT,
    -- The movement that did not fit, to be tried again when the book knows more.
    lender_id     BIGINT,
    serial        TEXT COLLATE "C",
    number        TEXT COLLATE "C" NOT NULL,
    -- The customer's name, as the bank gives it.
    name          TEXT COLLATE "C",
    on_day        DATE   NOT NULL,
    -- The two sides and where they stand, as JSON without personal numbers.
    facts         TEXT COLLATE "C" NOT NULL,
    import_id     BIGINT NOT NULL,
    opened_at     BIGINT NOT NULL,
    -- Tells a difference met again from a new one.
    fingerprint   BYTEA  NOT NULL,
    -- open, assigned; resolved by a person, settled by a file
    state         TEXT COLLATE "C" NOT NULL,
    -- The day by which the branch is to answer.
    due_on        DATE,
    resolved_at   BIGINT,
    -- How a person found it settled; the reason stands in the step.
    resolution    TEXT COLLATE "C",
    -- The file that proved it settled.
    settled_by    BIGINT,
    PRIMARY KEY (county_id, difference_id)
);
CREATE UNIQUE INDEX difference_fingerprint ON difference (county_id, fingerprint);
CREATE INDEX difference_loan ON difference (county_id, loan_id);
CREATE INDEX difference_open ON difference (county_id, difference_id) WHERE resolved_at IS NULL;
CREATE INDEX difference_state ON difference (county_id, state, difference_id);
CREATE INDEX difference_kind ON difference (county_id, kind, difference_id);
CREATE INDEX difference_branch ON difference (county_id, branch_id, difference_id);
-- How many of each state, kind and branch, without a look at the rows.
CREATE INDEX difference_count ON difference (county_id, state, kind, branch_id, due_on);

-- What was done about each difference, and by whom or by which file. Never changed.
CREATE TABLE difference_step (
    county_id     BIGINT NOT NULL,
    difference_id BIGINT NOT NULL,
    change_seq    BIGINT NOT NULL,
    -- assigned, resolved, reopened, settled, restated, undone
    kind          TEXT COLLATE "C" NOT NULL,
    at            BIGINT NOT NULL,
    -- Who did it; nobody where a file did.
    actor         TEXT COLLATE "C",
    way           TEXT COLLATE "C",
    -- Why, or what the branch is asked.
    reason        TEXT COLLATE "C",
    branch_id     BIGINT,
    due_on        DATE,
    import_id     BIGINT,
    -- What the difference said before a file restated it.
    kind_before   TEXT COLLATE "C",
    facts_before  TEXT COLLATE "C",
    PRIMARY KEY (county_id, difference_id, change_seq)
);

-- Where differences belonged that a taken-back file took away: whoever saw one is told that it is gone, and nobody else.
CREATE TABLE difference_gone (
    county_id     BIGINT NOT NULL,
    difference_id BIGINT NOT NULL,
    loan_id       BIGINT,
    branch_id     BIGINT,
    PRIMARY KEY (county_id, difference_id)
);

CREATE TABLE finding (
    county_id  BIGINT NOT NULL,
    finding_id BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    loan_id    BIGINT,
    code       TEXT COLLATE "C" NOT NULL,
    facts      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, finding_id)
);
CREATE INDEX finding_loan ON finding (county_id, loan_id);

-- How files of a county or a bank hold their columns, as people have named and corrected it. Header texts only.
CREATE TABLE layout (
    county_id   BIGINT NOT NULL REFERENCES county (county_id),
    layout_id   BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    -- As JSON.
    body        TEXT COLLATE "C" NOT NULL,
    -- The texts by which a file is recognised, one a line.
    signature   TEXT COLLATE "C" NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    -- 1 once it is forgotten.
    gone        BIGINT NOT NULL,
    PRIMARY KEY (county_id, layout_id)
);
CREATE UNIQUE INDEX layout_name ON layout (county_id, kind, name) WHERE gone = 0;
CREATE TABLE import (
    county_id   BIGINT NOT NULL REFERENCES county (county_id),
    import_id   BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    file_name   TEXT COLLATE "C" NOT NULL,
    file_hash   TEXT COLLATE "C" NOT NULL,
    as_of       DATE,
    until_on    DATE,
    -- arriving, staged, taking, taken, undoing, undone, unreadable
    status      TEXT COLLATE "C" NOT NULL,
    -- Rows that are written already, while it is being taken over; the last loan that is taken back already, while it
    -- is being taken back.
    rows_done   BIGINT NOT NULL,
    -- What was found and changed, sealed: it quotes cells of the file.
    report      BYTEA  NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    taken_at    BIGINT,
    -- By which layout its columns are told, as JSON.
    layout      TEXT COLLATE "C",
    -- How often its columns were told or its cells mended since it came.
    revision    BIGINT NOT NULL,
    -- Who took it back, and when that was done.
    undone_by   TEXT COLLATE "C",
    undone_at   BIGINT,
    -- What the history says of it, so that it opens no report: the day of which it speaks, and what was counted.
    speaks_of   DATE,
    rows_good   BIGINT,
    rows_bad    BIGINT,
    made_new    BIGINT,
    made_other  BIGINT,
    -- What was in the book as the file has it: the file would say it too if an earlier one were taken back.
    found_same  BIGINT,
    PRIMARY KEY (county_id, import_id)
);
-- The parsed file in encrypted pages, kept until it is taken over or expires.
CREATE TABLE import_page (
    county_id  BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    page       BIGINT NOT NULL,
    ciphertext BYTEA  NOT NULL,
    PRIMARY KEY (county_id, import_id, page)
);

-- Cells of a staged file that somebody mended, until it is taken over or expires. The pages stay as they came. Sheet,
-- row and column are counted from 0.
CREATE TABLE import_mending (
    county_id  BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    sheet_at   BIGINT NOT NULL,
    row_at     BIGINT NOT NULL,
    column_at  BIGINT NOT NULL,
    -- What stood there and what stands there now, sealed.
    ciphertext BYTEA  NOT NULL,
    actor      TEXT COLLATE "C" NOT NULL,
    mended_at  BIGINT NOT NULL,
    PRIMARY KEY (county_id, import_id, sheet_at, row_at, column_at)
);

-- What came of each page of rows of an import that is being taken over, sealed, until it is.
CREATE TABLE import_result (
    county_id  BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    from_row   BIGINT NOT NULL,
    ciphertext BYTEA NOT NULL,
    PRIMARY KEY (county_id, import_id, from_row)
);

-- The transactions in which each import was written. What got an id from first_id on and before end_id is new by it.
CREATE TABLE import_part (
    county_id  BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    change_seq BIGINT NOT NULL,
    first_id   BIGINT NOT NULL,
    end_id     BIGINT NOT NULL,
    PRIMARY KEY (county_id, import_id, change_seq)
);

-- What rows were before an import overwrote them, sealed; nothing where there was no row. Kept until the import is taken
-- back.
CREATE TABLE import_before (
    county_id  BIGINT NOT NULL,
    import_id  BIGINT NOT NULL,
    noun       TEXT COLLATE "C" NOT NULL,
    row_id     BIGINT NOT NULL,
    -- What besides the id tells the row from others.
    row_key    TEXT COLLATE "C" NOT NULL,
    change_seq BIGINT NOT NULL,
    ciphertext BYTEA,
    PRIMARY KEY (county_id, import_id, noun, row_id, row_key)
);
CREATE INDEX import_before_row ON import_before (county_id, noun, row_id);

-- Which rules the county's loans were judged by since when: packs and calendar as texts.
CREATE TABLE rule_change (
    county_id   BIGINT NOT NULL REFERENCES county (county_id),
    recorded_at BIGINT NOT NULL,
    digest      TEXT COLLATE "C" NOT NULL,
    body        TEXT COLLATE "C" NOT NULL,
    -- Of so many loans that the book then had, so many are judged by them, the last of them with this id.
    loans       BIGINT NOT NULL,
    judged      BIGINT NOT NULL DEFAULT 0,
    judged_to   BIGINT NOT NULL DEFAULT 0,
    -- How many of these stood otherwise by the rules before.
    changed     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (county_id, recorded_at)
);

-- A county's own version of a pack, or of a year's rest days, over those that the program brings: what somebody proposes
-- and a second person decides on. Never changed but in its state.
CREATE TABLE amendment (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    amendment_id BIGINT NOT NULL,
    -- pack, calendar
    kind         TEXT COLLATE "C" NOT NULL,
    -- The file of the pack, or the year.
    subject      TEXT COLLATE "C" NOT NULL,
    -- The whole text, and the one that it is to replace; none where there was none.
    body         TEXT COLLATE "C" NOT NULL,
    body_before  TEXT COLLATE "C",
    -- The day from which it is to hold.
    valid_from   DATE NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    maker_id     BIGINT NOT NULL,
    maker        TEXT COLLATE "C" NOT NULL,
    made_at      BIGINT NOT NULL,
    -- proposed; withdrawn by its maker; rejected or approved by another
    state        TEXT COLLATE "C" NOT NULL,
    decider_id   BIGINT,
    decider      TEXT COLLATE "C",
    decided_at   BIGINT,
    decision     TEXT COLLATE "C",
    -- Since when the county's loans are judged by it.
    in_force_at  BIGINT,
    version      BIGINT NOT NULL,
    PRIMARY KEY (county_id, amendment_id)
);
-- One at a time is decided on: whoever proposes another sees the first.
CREATE UNIQUE INDEX amendment_open ON amendment (county_id, kind, subject) WHERE state = 'proposed';

-- Who did what: a chain for each county. An entry's mark is made of the mark before it and of all that it says.
CREATE TABLE audit (
    county_id  BIGINT NOT NULL,
    entry_no   BIGINT NOT NULL,
    change_seq BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C",
    action     TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    facts      TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C",
    request_id TEXT COLLATE "C" NOT NULL,
    client_id  TEXT COLLATE "C" NOT NULL,
    mark       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, entry_no)
);
CREATE INDEX audit_change ON audit (county_id, change_seq);
-- All that was done to somebody, and with lists that held them.
CREATE INDEX audit_subject ON audit (county_id, subject, entry_no);

-- How far the chain went when a day was closed: whoever cuts off its tail has these against them.
CREATE TABLE audit_block (
    county_id BIGINT NOT NULL,
    entry_no  BIGINT NOT NULL,
    mark      TEXT COLLATE "C" NOT NULL,
    sealed_at BIGINT NOT NULL,
    PRIMARY KEY (county_id, entry_no)
);

-- What changed, in the order of commits: sync, ETags and webhooks read this.
CREATE TABLE change (
    county_id  BIGINT NOT NULL,
    change_seq BIGINT NOT NULL,
    noun       TEXT COLLATE "C" NOT NULL,
    -- Of the rows of the noun those from this one to that: what is new in one transaction is one line.
    first_id   BIGINT NOT NULL,
    last_id    BIGINT NOT NULL,
    gone       BIGINT NOT NULL,
    PRIMARY KEY (county_id, change_seq, noun, first_id)
);

-- The one thing that is to be done about a loan, and by when; closed by evidence, or by a second person.
CREATE TABLE task (
    county_id     BIGINT NOT NULL,
    task_id       BIGINT NOT NULL,
    loan_id       BIGINT NOT NULL,
    made_on       DATE   NOT NULL,
    level         BIGINT NOT NULL,
    -- The day on which the task came to this level.
    since_on      DATE   NOT NULL,
    -- The contract's due day then: with another one it begins anew.
    due_day       DATE   NOT NULL,
    -- The day by which the next step is to be done; the last day of the calendar where nothing is until the level rises.
    step_on       DATE   NOT NULL,
    -- When it was told that the step is late, and to the county; when the supervisors heard that the level lasts.
    late_on       DATE,
    county_on     DATE,
    supervised_on DATE,
    -- The next day on which something is told of it if nothing happens.
    next_on       DATE,
    -- What was promised last.
    promised_on   DATE,
    promised_fen  BIGINT,
    closed_on     DATE,
    -- A word for the evidence.
    closed_by     TEXT COLLATE "C",
    version       BIGINT NOT NULL,
    PRIMARY KEY (county_id, task_id)
);
CREATE UNIQUE INDEX task_open ON task (county_id, loan_id) WHERE closed_on IS NULL;
CREATE INDEX task_next ON task (county_id, next_on, task_id) WHERE next_on IS NOT NULL;
CREATE INDEX task_step_on ON task (county_id, step_on, task_id) WHERE closed_on IS NULL;
CREATE INDEX task_promised ON task (county_id, promised_on, task_id) WHERE closed_on IS NULL AND promised_on IS NOT NULL;
CREATE INDEX task_loan ON task (county_id, loan_id, task_id);
-- Which tasks began within some days: what became of them is counted.
CREATE INDEX task_made ON task (county_id, made_on, task_id);

-- What became of each task.
CREATE TABLE task_step (
    county_id  BIGINT NOT NULL,
    task_id    BIGINT NOT NULL,
    change_seq BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    on_day     DATE   NOT NULL,
    at         BIGINT NOT NULL,
    level      BIGINT NOT NULL,
    contact_id BIGINT,
    PRIMARY KEY (county_id, task_id, change_seq, kind)
);

-- Who spoke with whom about a loan, and what came of it.
CREATE TABLE contact (
    county_id    BIGINT NOT NULL,
    contact_id   BIGINT NOT NULL,
    loan_id      BIGINT NOT NULL,
    on_day       DATE   NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    way          TEXT COLLATE "C" NOT NULL,
    met          TEXT COLLATE "C" NOT NULL,
    outcome      TEXT COLLATE "C" NOT NULL,
    promised_on  DATE,
    promised_fen BIGINT,
    note         TEXT COLLATE "C" NOT NULL,
    recorded_at  BIGINT NOT NULL,
    PRIMARY KEY (county_id, contact_id)
);
CREATE INDEX contact_loan ON contact (county_id, loan_id, on_day, contact_id);
-- What was promised for some days.
CREATE INDEX contact_promised ON contact (county_id, promised_on, contact_id) WHERE promised_on IS NOT NULL;

-- What is told of a loan on a day, each once in a term: the notices of a day are made of it.
CREATE TABLE alert (
    county_id  BIGINT NOT NULL,
    loan_id    BIGINT NOT NULL,
    level      BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    -- Of a level the contract's due day, of a delay the missed day, of a lasting level its first.
    about_on   DATE   NOT NULL,
    on_day     DATE   NOT NULL,
    -- Who is told: one bit for each kind of recipient.
    told       BIGINT NOT NULL,
    at_once    BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    branch_id  BIGINT NOT NULL,
    manager_id BIGINT NOT NULL,
    PRIMARY KEY (county_id, loan_id, level, kind, about_on)
);
CREATE INDEX alert_day ON alert (county_id, on_day, village_id, branch_id, level, kind, told, at_once);

-- What an office is told on a day, all of it in one.
CREATE TABLE notice (
    county_id BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    on_day    DATE   NOT NULL,
    recipient BIGINT NOT NULL,
    place_id  BIGINT NOT NULL,
    at_once   BIGINT NOT NULL,
    counts    TEXT COLLATE "C" NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (county_id, notice_id)
);
CREATE UNIQUE INDEX notice_once ON notice (county_id, on_day, recipient, place_id, at_once);
CREATE INDEX notice_office ON notice (county_id, recipient, place_id, notice_id);

-- Accounts: who signs in, and at which posts they work, each a role in an area.
CREATE TABLE account (
    county_id      BIGINT NOT NULL REFERENCES county (county_id),
    account_id     BIGINT NOT NULL,
    -- As it is typed to sign in: small letters, narrow.
    login          TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    name_key       TEXT COLLATE "C" NOT NULL,
    -- Argon2id with its salt and settings; none until a first password is given.
    password_hash  TEXT COLLATE "C",
    -- 1 until the person has chosen a password of their own.
    must_change    BIGINT NOT NULL,
    disabled       BIGINT NOT NULL,
    -- Wrong passwords in a row, and until when no further one is looked at.
    failures       BIGINT NOT NULL,
    locked_until   BIGINT NOT NULL,
    -- The second factor's secret, sealed; 1 once a code of it was typed; the step of the last code, which is taken once.
    totp_secret    BYTEA,
    totp_confirmed BIGINT NOT NULL,
    totp_step      BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    PRIMARY KEY (county_id, account_id)
);
CREATE UNIQUE INDEX account_login ON account (county_id, login);

-- Codes for the day on which the second factor is lost: hashed, each good once.
CREATE TABLE recovery_code (
    county_id  BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    hash       BYTEA NOT NULL,
    PRIMARY KEY (county_id, account_id, hash)
);

-- Ways to another house and back that were gone, so that none is gone twice: kept for as long as one is good.
CREATE TABLE ended_journey (
    county_id  BIGINT NOT NULL,
    state_hash BYTEA NOT NULL,
    ended_at   BIGINT NOT NULL,
    PRIMARY KEY (county_id, state_hash)
);

CREATE TABLE account_post (
    county_id  BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    post_id    BIGINT NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    -- county, division, branch or officer, and which; 0 for the county.
    area       TEXT COLLATE "C" NOT NULL,
    area_id    BIGINT NOT NULL,
    PRIMARY KEY (county_id, account_id, post_id)
);
CREATE UNIQUE INDEX account_post_is_one ON account_post (county_id, account_id, role, area, area_id);

-- Programs that ask at the door for programs (/api/v1), each at a post as people are, and for no more kinds of things than
-- its scopes name: by the hash of what it keeps, so that a copy of this table opens nothing.
CREATE TABLE token (
    county_id  BIGINT NOT NULL REFERENCES county (county_id),
    token_id   BIGINT NOT NULL,
    token_key  BYTEA NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    role       TEXT COLLATE "C" NOT NULL,
    area       TEXT COLLATE "C" NOT NULL,
    area_id    BIGINT NOT NULL,
    -- The words of its scopes, with blanks between them.
    scopes     TEXT COLLATE "C" NOT NULL,
    -- The last day on which it opens anything.
    ends_on    DATE   NOT NULL,
    made_by    TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it was last used, to the minute.
    seen_at    BIGINT,
    ended_by   TEXT COLLATE "C",
    ended_at   BIGINT,
    PRIMARY KEY (county_id, token_id)
);
CREATE UNIQUE INDEX token_key ON token (county_id, token_key);

-- What a program was answered when it had something done, for a day: asked again with the same Idempotency-Key, it is
-- answered the same and nothing is done twice. No backup takes it along.
CREATE TABLE token_answer (
    county_id    BIGINT NOT NULL,
    token_id     BIGINT NOT NULL,
    answer_key   TEXT COLLATE "C" NOT NULL,
    -- Of what was asked.
    request_hash BYTEA NOT NULL,
    -- By which the record names what was done.
    request_id   TEXT COLLATE "C" NOT NULL,
    -- The last change when it was begun: what it did comes after.
    change_seq   BIGINT NOT NULL,
    -- Which process works on it, and when it last said so.
    holder       TEXT COLLATE "C" NOT NULL,
    beat_at      BIGINT NOT NULL,
    begun_at     BIGINT NOT NULL,
    -- None while it is being worked on.
    status       BIGINT,
    etag         TEXT COLLATE "C",
    location     TEXT COLLATE "C",
    -- Sealed.
    body         BYTEA,
    PRIMARY KEY (county_id, token_id, answer_key)
);
CREATE INDEX token_answer_begun ON token_answer (county_id, begun_at);

-- Lists of loans that somebody keeps under a name: the words of the address without its day, since a list is opened on
-- today's. A shared one stands before everybody who sees loans, and shows each what lies in their own area.
CREATE TABLE saved_list (
    county_id     BIGINT NOT NULL,
    saved_list_id BIGINT NOT NULL,
    account_id    BIGINT NOT NULL,
    name          TEXT COLLATE "C"   NOT NULL,
    words         TEXT COLLATE "C"   NOT NULL,
    shared        BIGINT NOT NULL,
    PRIMARY KEY (county_id, saved_list_id),
    FOREIGN KEY (county_id, account_id) REFERENCES account (county_id, account_id)
);
CREATE UNIQUE INDEX saved_list_name ON saved_list (county_id, account_id, name);

-- Who is signed in: by the hash of what the browser keeps, so that a copy of this table opens nothing.
CREATE TABLE session (
    county_id   BIGINT NOT NULL,
    session_key BYTEA NOT NULL,
    -- By which the person's own page names it.
    session_id  BIGINT NOT NULL,
    account_id  BIGINT NOT NULL,
    post_id     BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    address     TEXT COLLATE "C" NOT NULL,
    agent       TEXT COLLATE "C" NOT NULL,
    -- How it was opened: by a password or by another house's word, and whether with a code besides.
    opened_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county_id, session_key)
);
CREATE INDEX session_account ON session (county_id, account_id);

-- Which of several processes does what one must do. Whoever holds it beats; no backup takes it along.
CREATE TABLE lease (
    job    TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    beat   BIGINT NOT NULL,
    PRIMARY KEY (job)
);
