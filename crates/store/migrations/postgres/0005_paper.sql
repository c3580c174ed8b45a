-- Papers: each by its code the same list for good. What it shows is told by the events; what it says, by a version of its texts.
CREATE TABLE paper (
    county_id        BIGINT NOT NULL REFERENCES county (county_id),
    paper_id         BIGINT NOT NULL,
    code             TEXT COLLATE "C" NOT NULL,
    kind             TEXT COLLATE "C" NOT NULL,
    -- Of which day it tells, as known at which instant.
    on_day           DATE   NOT NULL,
    known_at         BIGINT NOT NULL,
    -- Of which part of the county: its word, and the place or branch.
    area             TEXT COLLATE "C" NOT NULL,
    area_id          BIGINT NOT NULL,
    -- The one loan that it is about.
    loan_id          BIGINT,
    -- So many days ahead.
    days             BIGINT,
    template_version BIGINT NOT NULL,
    -- What no event tells, as it was when the paper was made: the registered households of each village, and those with a loan, as
    -- JSON; nothing where no register was read in.
    registered       TEXT COLLATE "C",
    actor            TEXT COLLATE "C" NOT NULL,
    made_at          BIGINT NOT NULL,
    PRIMARY KEY (county_id, paper_id)
);
CREATE UNIQUE INDEX paper_code ON paper (county_id, code);
CREATE INDEX paper_loan ON paper (county_id, loan_id, paper_id) WHERE loan_id IS NOT NULL;

-- The texts of a paper as the county tells them, each version whole; without one, those of the program.
CREATE TABLE paper_template (
    county_id BIGINT NOT NULL REFERENCES county (county_id),
    kind      TEXT COLLATE "C" NOT NULL,
    version   BIGINT NOT NULL,
    -- Both languages, as JSON.
    body      TEXT COLLATE "C" NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (county_id, kind, version)
);

-- What interrupts the limitation of actions, by its receipt: a demand that was served, a promise in writing. Never changed.
CREATE TABLE delivery (
    county_id   BIGINT NOT NULL REFERENCES county (county_id),
    delivery_id BIGINT NOT NULL,
    loan_id     BIGINT NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    on_day      DATE   NOT NULL,
    way         TEXT COLLATE "C" NOT NULL,
    receiver    TEXT COLLATE "C" NOT NULL,
    note        TEXT COLLATE "C" NOT NULL,
    -- The notice that was served, if it was one of these papers.
    paper_id    BIGINT,
    actor       TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (county_id, delivery_id)
);
CREATE INDEX delivery_loan ON delivery (county_id, loan_id, on_day, delivery_id);

-- The address on a household's card: it opens one loan's page to whoever types the last four digits.
CREATE TABLE card_link (
    county_id    BIGINT NOT NULL REFERENCES county (county_id),
    paper_id     BIGINT NOT NULL,
    loan_id      BIGINT NOT NULL,
    -- With the book's key, this makes the address; by its hash it is found.
    nonce        TEXT COLLATE "C" NOT NULL,
    token_hash   BYTEA NOT NULL,
    -- The last day on which it opens anything.
    last_on      DATE   NOT NULL,
    revoked_at   BIGINT,
    -- Wrong digits since the last right ones, and until when no others are looked at.
    wrong        BIGINT NOT NULL,
    locked_until BIGINT NOT NULL,
    opened       BIGINT NOT NULL,
    PRIMARY KEY (county_id, paper_id)
);
CREATE UNIQUE INDEX card_link_token ON card_link (county_id, token_hash);
