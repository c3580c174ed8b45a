-- What is sent, to whom, and what became of it. Messages are queued in the transaction that makes what they tell of, and
-- sent after it.

-- Where an office is told besides its inbox. Taken away, a row keeps its id and loses what it sealed.
CREATE TABLE office_address (
    county_id  BIGINT NOT NULL REFERENCES county (county_id),
    address_id BIGINT NOT NULL,
    -- Whose desk: the kind of office as in notice, or the leader (6); and which place.
    desk       BIGINT NOT NULL,
    place_id   BIGINT NOT NULL,
    -- email, webhook, wecom, dingtalk
    channel    TEXT NOT NULL,
    -- What lists show of it.
    shown      TEXT NOT NULL,
    -- The address, with the key that signs, sealed.
    ciphertext BLOB ,
    made_by    TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    ended_by   TEXT,
    ended_at   BIGINT,
    PRIMARY KEY (county_id, address_id)
);
CREATE INDEX office_address_desk ON office_address (county_id, desk, place_id);

CREATE TABLE message (
    county_id   BIGINT NOT NULL,
    message_id  BIGINT NOT NULL,
    -- By which receivers know a repeat, and by which nothing is queued twice.
    message_key TEXT NOT NULL,
    -- email, webhook, wecom, dingtalk, sms
    channel     TEXT NOT NULL,
    -- notice, slip, weekly: and which
    kind        TEXT NOT NULL,
    subject_id  BIGINT NOT NULL,
    -- The office's address; none where it goes to a borrower, whose phone is looked up when it is sent.
    address_id  BIGINT,
    at_once     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    -- The instant from which it may be tried; none where it is not to be.
    next_at     BIGINT,
    -- Why it was not taken last, as a code, and what was answered.
    cause       TEXT,
    detail      TEXT,
    queued_at   BIGINT NOT NULL,
    tried_at    BIGINT,
    settled_at  BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (county_id, message_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX message_once ON message (county_id, message_key);
CREATE INDEX message_next ON message (county_id, next_at, message_id) WHERE next_at IS NOT NULL;
CREATE INDEX message_state ON message (county_id, state, message_id);
CREATE INDEX message_subject ON message (county_id, kind, subject_id);

-- A level of which a borrower is to hear (提醒单): once in a term, by a short message or by a slip that is handed over.
CREATE TABLE slip (
    county_id BIGINT NOT NULL,
    slip_id   BIGINT NOT NULL,
    loan_id   BIGINT NOT NULL,
    level     BIGINT NOT NULL,
    -- The contract's due day: an extended loan begins anew.
    about_on  DATE   NOT NULL,
    on_day    DATE   NOT NULL,
    handed_on DATE,
    handed_by TEXT,
    PRIMARY KEY (county_id, slip_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX slip_once ON slip (county_id, loan_id, level, about_on);
CREATE INDEX slip_day ON slip (county_id, on_day, slip_id);

-- The county's own text of slips and short messages: the newest holds, the others tell what was said before.
CREATE TABLE slip_text (
    county_id BIGINT NOT NULL,
    text_no   BIGINT NOT NULL,
    body      TEXT NOT NULL,
    made_by   TEXT NOT NULL,
    made_at   BIGINT NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (county_id, text_no)
);

-- What a county sends by itself.
CREATE TABLE sending (
    county_id  BIGINT NOT NULL PRIMARY KEY,
    -- 1 where borrowers are told by short message.
    sms        BIGINT NOT NULL,
    -- The weekday of the leader's list, Monday as 1.
    weekly_day BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

-- The leader's list of a week, as it stood when it was made.
CREATE TABLE weekly_list (
    county_id BIGINT NOT NULL,
    list_id   BIGINT NOT NULL,
    -- The weekday whose list it is, and the day that it tells of.
    on_day    DATE   NOT NULL,
    as_of     DATE   NOT NULL,
    body      TEXT NOT NULL,
    made_at   BIGINT NOT NULL,
    PRIMARY KEY (county_id, list_id)
);
CREATE UNIQUE INDEX weekly_list_once ON weekly_list (county_id, on_day);
