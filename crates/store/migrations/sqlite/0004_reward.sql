-- Rewards: lists of settled loans by a period of settlement days. What stands on a list is never changed: an entry that is taken
-- out is followed by one that names it.
CREATE TABLE reward_list (
    county_id    BIGINT NOT NULL,
    list_id      BIGINT NOT NULL,
    from_on      DATE   NOT NULL,
    until_on     DATE   NOT NULL,
    -- draft, checked, public, approved; rejected by whoever checked it, withdrawn by its maker
    state        TEXT   NOT NULL,
    made_on      DATE   NOT NULL,
    maker_id     BIGINT NOT NULL,
    maker        TEXT   NOT NULL,
    -- Where and from when to when it is shown in public.
    public_from  DATE,
    public_until DATE,
    public_place TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (county_id, list_id)
);

CREATE TABLE reward_entry (
    county_id     BIGINT NOT NULL,
    entry_id      BIGINT NOT NULL,
    list_id       BIGINT NOT NULL,
    loan_id       BIGINT NOT NULL,
    -- household or enterprise
    kind          TEXT   NOT NULL,
    -- Below zero where it takes another entry out.
    amount_fen    BIGINT NOT NULL,
    reverses      BIGINT,
    household_id  BIGINT,
    enterprise_id BIGINT,
    payee         TEXT   NOT NULL,
    number        TEXT   NOT NULL,
    borrower      TEXT   NOT NULL,
    village_id    BIGINT NOT NULL,
    -- The rule and the facts by which it was reckoned, as they were then, as JSON.
    facts         TEXT   NOT NULL,
    made_at       BIGINT NOT NULL,
    PRIMARY KEY (county_id, entry_id)
);
CREATE INDEX reward_entry_list ON reward_entry (county_id, list_id, entry_id);
CREATE INDEX reward_entry_loan ON reward_entry (county_id, loan_id, entry_id);
CREATE UNIQUE INDEX reward_entry_reverses ON reward_entry (county_id, reverses) WHERE reverses IS NOT NULL;

-- Which entry rewards a loan: one of each kind. It goes when the entry is taken out or its list is given up.
CREATE TABLE reward_claim (
    county_id BIGINT NOT NULL,
    loan_id   BIGINT NOT NULL,
    kind      TEXT   NOT NULL,
    entry_id  BIGINT NOT NULL,
    PRIMARY KEY (county_id, loan_id, kind)
);

-- Settled loans of a list's period that earn nothing, and why.
CREATE TABLE reward_missed (
    county_id  BIGINT NOT NULL,
    list_id    BIGINT NOT NULL,
    loan_id    BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    why        TEXT   NOT NULL,
    detail     TEXT   NOT NULL,
    number     TEXT   NOT NULL,
    borrower   TEXT   NOT NULL,
    village_id BIGINT NOT NULL,
    PRIMARY KEY (county_id, list_id, loan_id, kind)
);

-- What was done with a list.
CREATE TABLE reward_step (
    county_id  BIGINT NOT NULL,
    list_id    BIGINT NOT NULL,
    change_seq BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    PRIMARY KEY (county_id, list_id, change_seq)
);

-- What asks that an entry be taken out: an objection from outside, or a correction from within. Another person decides on it.
CREATE TABLE reward_objection (
    county_id    BIGINT NOT NULL,
    objection_id BIGINT NOT NULL,
    list_id      BIGINT NOT NULL,
    -- None where it is about the list as a whole.
    entry_id     BIGINT,
    -- objection or correction
    kind         TEXT   NOT NULL,
    by_whom      TEXT   NOT NULL,
    on_day       DATE   NOT NULL,
    words        TEXT   NOT NULL,
    maker_id     BIGINT NOT NULL,
    maker        TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    -- open, upheld, dismissed
    state        TEXT   NOT NULL,
    decider_id   BIGINT,
    decider      TEXT,
    decided_at   BIGINT,
    decision     TEXT,
    PRIMARY KEY (county_id, objection_id)
);
CREATE INDEX reward_objection_list ON reward_objection (county_id, list_id, objection_id);
CREATE UNIQUE INDEX reward_objection_open ON reward_objection (county_id, entry_id)
    WHERE state = 'open' AND entry_id IS NOT NULL;

-- Money that was paid on a list, on a day and by a document; below zero where what was paid came back.
CREATE TABLE reward_payment (
    county_id  BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    list_id    BIGINT NOT NULL,
    on_day     DATE   NOT NULL,
    document   TEXT   NOT NULL,
    amount_fen BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    PRIMARY KEY (county_id, payment_id)
);
CREATE INDEX reward_payment_list ON reward_payment (county_id, list_id, payment_id);

CREATE TABLE reward_paid (
    county_id  BIGINT NOT NULL,
    entry_id   BIGINT NOT NULL,
    payment_id BIGINT NOT NULL,
    PRIMARY KEY (county_id, entry_id)
);

-- The double-entry ledger of public money. Rows are added and never changed; what a transaction moves sums to zero.
CREATE TABLE ledger_account (
    county_id         BIGINT NOT NULL,
    ledger_account_id BIGINT NOT NULL,
    kind              TEXT   NOT NULL,
    PRIMARY KEY (county_id, ledger_account_id)
);
CREATE UNIQUE INDEX ledger_account_kind ON ledger_account (county_id, kind);

CREATE TABLE ledger_transaction (
    county_id      BIGINT NOT NULL,
    transaction_id BIGINT NOT NULL,
    change_seq     BIGINT NOT NULL,
    on_day         DATE   NOT NULL,
    at             BIGINT NOT NULL,
    actor          TEXT   NOT NULL,
    -- What it is about: reward-approved, reward-reversed, reward-paid; and its id.
    kind           TEXT   NOT NULL,
    subject_id     BIGINT NOT NULL,
    PRIMARY KEY (county_id, transaction_id)
);

CREATE TABLE ledger_posting (
    county_id         BIGINT NOT NULL,
    transaction_id    BIGINT NOT NULL,
    line              BIGINT NOT NULL,
    ledger_account_id BIGINT NOT NULL,
    -- Above zero a debit, below zero a credit.
    amount_fen        BIGINT NOT NULL,
    PRIMARY KEY (county_id, transaction_id, line)
);
CREATE INDEX ledger_posting_account ON ledger_posting (county_id, ledger_account_id, transaction_id);
