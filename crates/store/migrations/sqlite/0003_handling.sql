-- How loans are handled at maturity: what one person proposed, others checked and the bank answered. What was said is never
-- changed; how far it has come is.
CREATE TABLE handling (
    county_id   BIGINT NOT NULL,
    handling_id BIGINT NOT NULL,
    loan_id     BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    -- 1 while it waits for somebody: a loan has one such at most.
    is_open     BIGINT NOT NULL,
    until_on    DATE,
    amount_fen  BIGINT,
    reason      TEXT   NOT NULL,
    -- What the pack asked and what was found when it was proposed, as JSON.
    rulings     TEXT   NOT NULL,
    made_on     DATE   NOT NULL,
    maker_id    BIGINT NOT NULL,
    maker       TEXT   NOT NULL,
    -- So many others must agree.
    needed      BIGINT NOT NULL,
    -- The day by which the bank answers, once it is asked.
    answer_by   DATE,
    -- The day of its last step.
    moved_on    DATE   NOT NULL,
    -- The loan that took over, where the bank renewed it.
    new_loan_id BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (county_id, handling_id)
);
CREATE UNIQUE INDEX handling_open ON handling (county_id, loan_id) WHERE is_open = 1;
CREATE INDEX handling_loan ON handling (county_id, loan_id, handling_id);
CREATE INDEX handling_state ON handling (county_id, state, moved_on, handling_id);
CREATE INDEX handling_new_loan ON handling (county_id, new_loan_id) WHERE new_loan_id IS NOT NULL;

-- The parts of a plan of instalments.
CREATE TABLE handling_part (
    county_id   BIGINT NOT NULL,
    handling_id BIGINT NOT NULL,
    part        BIGINT NOT NULL,
    on_day      DATE   NOT NULL,
    amount_fen  BIGINT NOT NULL,
    PRIMARY KEY (county_id, handling_id, part)
);

-- Who did what with it.
CREATE TABLE handling_step (
    county_id   BIGINT NOT NULL,
    handling_id BIGINT NOT NULL,
    step        BIGINT NOT NULL,
    kind        TEXT   NOT NULL,
    on_day      DATE   NOT NULL,
    at          BIGINT NOT NULL,
    account_id  BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    PRIMARY KEY (county_id, handling_id, step)
);
