-- The store of a run. Amounts are nano-dollars, times are milliseconds since
-- 1970 UTC, counts of tokens are tokens. PostgreSQL takes the same tables with
-- BIGINT for INTEGER PRIMARY KEY and without the words WITHOUT ROWID.

-- One row: what is collected, as the run file and the command said last.
CREATE TABLE run (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    schema     INTEGER NOT NULL,          -- version of these tables
    name       TEXT    NOT NULL,
    file       TEXT    NOT NULL,          -- text of the run file; it holds no secret
    digest     TEXT    NOT NULL,          -- SHA-256 of it
    queries    TEXT    NOT NULL,          -- digest of the queries and of how they are read
    graders    TEXT    NOT NULL,          -- JSON: kind to grader
    seed       TEXT    NOT NULL,          -- unsigned, in decimal
    attempts   INTEGER NOT NULL,
    budgets    TEXT    NOT NULL,          -- JSON: rising
    created    BIGINT  NOT NULL
);

-- How cells were chosen, one row for every change. The last one is in force.
CREATE TABLE schedule (
    id        INTEGER PRIMARY KEY,
    purpose   TEXT   NOT NULL,            -- matrix, certificate, ceiling
    incumbent TEXT   NOT NULL,            -- empty: none
    until     TEXT   NOT NULL,            -- empty, or decided
    overhead  DOUBLE PRECISION NOT NULL,  -- a fraction
    since     BIGINT NOT NULL
);

CREATE TABLE model (
    id         INTEGER PRIMARY KEY,       -- from 1; never used again for another name
    name       TEXT    NOT NULL UNIQUE,   -- in outcomes
    place      INTEGER NOT NULL,          -- in the run file, from 0; -1: no longer there
    family     TEXT    NOT NULL,
    endpoint   TEXT    NOT NULL,
    protocol   TEXT    NOT NULL,
    digest     BYTEA   NOT NULL,          -- of what a request takes from the model
    price      INTEGER NOT NULL           -- price.id in force
);

CREATE TABLE price (
    id        INTEGER PRIMARY KEY,
    input     BIGINT NOT NULL,            -- for a million tokens
    cached    BIGINT NOT NULL,
    output    BIGINT NOT NULL,
    reasoning BIGINT NOT NULL,
    priced_on TEXT   NOT NULL,            -- date; empty: free of charge
    UNIQUE (input, cached, output, reasoning, priced_on)
);

CREATE TABLE query (
    id        INTEGER PRIMARY KEY,        -- from 1, in the order of the file that came first
    name      TEXT    NOT NULL UNIQUE,
    active    INTEGER NOT NULL,           -- 0: no longer in the file
    digest    BYTEA   NOT NULL,           -- of the messages
    grading   BYTEA   NOT NULL,           -- digest of what the grader is told
    messages  INTEGER NOT NULL,           -- how many
    bytes     BIGINT  NOT NULL,           -- of their text
    kind      TEXT    NOT NULL
);

-- The texts of a query, apart from what is read of all queries at once.
CREATE TABLE question (
    id        INTEGER PRIMARY KEY,        -- query.id
    system    TEXT NOT NULL,
    prompt    TEXT NOT NULL,
    reference TEXT NOT NULL,
    options   TEXT NOT NULL,              -- JSON array; empty: none
    slices    TEXT NOT NULL               -- JSON object; empty: none
);

-- Requests that have their answer, by content address. They are never asked again.
CREATE TABLE request (
    key  BYTEA  PRIMARY KEY,              -- SHA-256
    call BIGINT NOT NULL                  -- answer.id
) WITHOUT ROWID;

-- Every call that was made and ended, with its money. Texts lie apart, so that
-- a walk over calls does not touch them.
CREATE TABLE answer (
    id         INTEGER PRIMARY KEY,       -- number of the call
    key        BYTEA   NOT NULL,          -- of its request
    model      INTEGER NOT NULL,
    status     TEXT    NOT NULL,          -- valid, cut-off; empty, no-usage, corrupt, failed, lost
    why        TEXT    NOT NULL,          -- what was wrong; empty: nothing
    finish     TEXT    NOT NULL,
    served     TEXT    NOT NULL,          -- model version, as the endpoint says
    request_id TEXT    NOT NULL,          -- of the endpoint
    input      BIGINT,                    -- tokens; null: the endpoint said nothing that can be
    cached     BIGINT,                    -- of input
    output     BIGINT,
    reasoning  BIGINT,                    -- of output
    latency    BIGINT  NOT NULL,          -- milliseconds
    price      INTEGER NOT NULL,          -- price.id by which it was charged
    reserved   BIGINT  NOT NULL,          -- before the call
    cost       BIGINT  NOT NULL,          -- charged after it
    provider   BIGINT,                    -- what the endpoint says it charged
    at         BIGINT  NOT NULL
);

CREATE TABLE text (
    id        INTEGER PRIMARY KEY,        -- answer.id
    text      TEXT NOT NULL,
    reasoning TEXT NOT NULL
);

-- What a grader said of an answer to a query. Two queries of one text share an
-- answer and may have two references.
CREATE TABLE verdict (
    call      BIGINT  NOT NULL,
    query     INTEGER NOT NULL,
    grader    TEXT    NOT NULL,
    extracted TEXT    NOT NULL,
    verdict   TEXT    NOT NULL,           -- as outcomes write it
    reason    TEXT    NOT NULL,
    rule      TEXT    NOT NULL,
    PRIMARY KEY (call, query)
) WITHOUT ROWID;

-- What is known of each place, in few bytes: one walk tells what is left to do.
CREATE TABLE cell (
    query   INTEGER NOT NULL,
    model   INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    budget  BIGINT  NOT NULL,
    status  INTEGER NOT NULL,             -- of the last call: 1 valid, 2 cut-off, 3 empty, 4 no-usage, 5 corrupt, 6 failed, 7 lost
    verdict INTEGER NOT NULL,             -- verdict + 8 * reason, 0: not graded
    tries   INTEGER NOT NULL,             -- calls that did not settle it
    call    BIGINT  NOT NULL,             -- that settled it; 0: none
    PRIMARY KEY (query, model, attempt, budget)
) WITHOUT ROWID;

-- Calls under way, with what is reserved for each.
CREATE TABLE reservation (
    call    INTEGER PRIMARY KEY,
    key     BYTEA   NOT NULL UNIQUE,      -- one call for a request at a time
    query   INTEGER NOT NULL,
    model   INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    budget  BIGINT  NOT NULL,
    process TEXT    NOT NULL,
    amount  BIGINT  NOT NULL,
    at      BIGINT  NOT NULL
);

-- Who is at work. A process whose lock is free, or that has not been heard of
-- for the lease, is dead, and its reservations are charged.
CREATE TABLE process (
    id   TEXT PRIMARY KEY,                -- name of its lock
    pid  BIGINT NOT NULL,                 -- 0: it is dead, and was charged
    beat BIGINT NOT NULL                  -- time of its last transaction, and another for each
);

-- One row: the money. settled + reserved <= cap + overrun.
CREATE TABLE purse (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    cap       BIGINT NOT NULL,
    settled   BIGINT NOT NULL,
    lost      BIGINT NOT NULL,            -- of settled
    reserved  BIGINT NOT NULL,
    provider  BIGINT NOT NULL,
    overrun   BIGINT NOT NULL,
    next_call BIGINT NOT NULL
);

-- What each model has used, so that nobody has to walk over all answers.
CREATE TABLE spent (
    model   INTEGER PRIMARY KEY,
    calls   BIGINT NOT NULL,
    answers BIGINT NOT NULL,
    input   BIGINT NOT NULL,
    output  BIGINT NOT NULL,
    cost    BIGINT NOT NULL
);
