-- When workflows run by themselves, what they wait for, and what became of it.

CREATE TABLE schedule (
    asset_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'off', 'paused', 'stopped')),
    settings TEXT NOT NULL,
    standing TEXT NOT NULL,
    wake_at BIGINT,
    watched_seq BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    UNIQUE (org_id, asset_id),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);
CREATE INDEX schedule_wake ON schedule (wake_at) WHERE state = 'active';

CREATE TABLE schedule_input (
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    seen_seq BIGINT NOT NULL,
    PRIMARY KEY (asset_id, dataset_id),
    FOREIGN KEY (org_id, asset_id) REFERENCES schedule (org_id, asset_id),
    FOREIGN KEY (org_id, dataset_id) REFERENCES asset (org_id, id)
);

CREATE TABLE schedule_firing (
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('cron', 'data')),
    outcome TEXT NOT NULL CHECK (outcome IN ('started', 'skipped', 'held_back', 'stopped')),
    due_at BIGINT NOT NULL,
    run_id TEXT,
    chain TEXT NOT NULL,
    message TEXT,
    open BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (asset_id, number),
    FOREIGN KEY (org_id, asset_id) REFERENCES schedule (org_id, asset_id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX schedule_firing_run ON schedule_firing (run_id);
CREATE INDEX schedule_firing_open ON schedule_firing (asset_id) WHERE open = 1;

-- Whether a run read this version because it was told to: then a newer one
-- doesn't make what it wrote stale.
ALTER TABLE run_input ADD COLUMN pinned BIGINT NOT NULL DEFAULT 0;

-- How often the worker of a job was gone in the middle of it, which is no
-- failure of the job's own.
ALTER TABLE job ADD COLUMN lost BIGINT NOT NULL DEFAULT 0;
