-- Durable work, and the two logs that are numbered in the order of commits.

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES org (id),
    run_id TEXT,
    kind TEXT NOT NULL,
    dedupe_key TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    lease_until BIGINT,
    lease_owner TEXT,
    progress TEXT,
    cancel_requested BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX job_queue ON job (run_after, id) WHERE state = 'queued';
CREATE INDEX job_leases ON job (lease_until) WHERE state = 'running';
CREATE INDEX job_run ON job (run_id);
CREATE INDEX job_list ON job (org_id, created_at, id);
CREATE UNIQUE INDEX job_dedupe ON job (org_id, kind, dedupe_key) WHERE state IN ('queued', 'running');

INSERT INTO counter (name, value) VALUES ('outbox', 0);

CREATE TABLE outbox (
    seq BIGINT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL REFERENCES org (id),
    project_id TEXT,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    actor_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_org ON outbox (org_id, project_id, seq);

-- The end of each organization's audit log: taking a number locks it.
CREATE TABLE audit_head (
    org_id TEXT NOT NULL PRIMARY KEY REFERENCES org (id),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE audit (
    org_id TEXT NOT NULL REFERENCES org (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('allow', 'deny')),
    reason TEXT NOT NULL,
    request_id TEXT,
    hash TEXT NOT NULL,
    PRIMARY KEY (org_id, seq)
);
CREATE INDEX audit_who ON audit (org_id, who, seq);
CREATE INDEX audit_object ON audit (org_id, object, seq);
