-- A schedule has an id of its own, so that an asset may have several: a
-- workflow's goes by the id of the workflow, a dashboard has one for each way in
-- which it is delivered. And the files that deliveries have written, so that
-- none writes over what isn't its own.

CREATE TABLE schedule_with_id (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'off', 'paused', 'stopped')),
    settings TEXT NOT NULL,
    standing TEXT NOT NULL,
    wake_at BIGINT,
    watched_seq BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);
INSERT INTO schedule_with_id (id, org_id, asset_id, owner_id, state, settings, standing, wake_at, watched_seq,
    revision, set_at)
SELECT asset_id, org_id, asset_id, owner_id, state, settings, standing, wake_at, watched_seq, revision, set_at
FROM schedule;

CREATE TABLE schedule_input_with_id (
    org_id TEXT NOT NULL,
    schedule_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    seen_seq BIGINT NOT NULL,
    PRIMARY KEY (schedule_id, dataset_id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule_with_id (org_id, id),
    FOREIGN KEY (org_id, dataset_id) REFERENCES asset (org_id, id)
);
INSERT INTO schedule_input_with_id (org_id, schedule_id, dataset_id, seen_seq)
SELECT org_id, asset_id, dataset_id, seen_seq FROM schedule_input;

CREATE TABLE schedule_firing_with_id (
    org_id TEXT NOT NULL,
    schedule_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('cron', 'data', 'person')),
    outcome TEXT NOT NULL CHECK (outcome IN ('started', 'skipped', 'held_back', 'stopped')),
    due_at BIGINT NOT NULL,
    run_id TEXT,
    chain TEXT NOT NULL,
    message TEXT,
    open BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (schedule_id, number),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule_with_id (org_id, id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
INSERT INTO schedule_firing_with_id (org_id, schedule_id, number, cause, outcome, due_at, run_id, chain, message, open,
    created_at)
SELECT org_id, asset_id, number, cause, outcome, due_at, run_id, chain, message, open, created_at FROM schedule_firing;

DROP TABLE schedule_firing;
DROP TABLE schedule_input;
DROP TABLE schedule;
ALTER TABLE schedule_with_id RENAME TO schedule;
ALTER TABLE schedule_input_with_id RENAME TO schedule_input;
ALTER TABLE schedule_firing_with_id RENAME TO schedule_firing;
CREATE INDEX schedule_wake ON schedule (wake_at) WHERE state = 'active';
CREATE INDEX schedule_asset ON schedule (org_id, asset_id);
CREATE INDEX schedule_firing_run ON schedule_firing (run_id);
CREATE INDEX schedule_firing_open ON schedule_firing (schedule_id) WHERE open = 1;

CREATE TABLE delivered_file (
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    org_id TEXT NOT NULL,
    schedule_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (folder, name)
);
CREATE INDEX delivered_file_schedule ON delivered_file (org_id, schedule_id);
