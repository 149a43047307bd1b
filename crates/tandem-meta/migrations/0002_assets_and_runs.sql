-- What a team makes (assets and their versions), who may do what with it, and
-- what was computed (runs); run_input and run_output are the lineage.

CREATE TABLE asset (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    search_text TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    latest_seq BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, id)
);
CREATE UNIQUE INDEX asset_name ON asset (project_id, kind, name_key) WHERE deleted_at IS NULL;
CREATE INDEX asset_list ON asset (org_id, project_id, name_key, id);
CREATE INDEX asset_recent ON asset (org_id, project_id, updated_at, id);

CREATE TABLE run (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    params TEXT NOT NULL,
    environment TEXT NOT NULL,
    seed BIGINT NOT NULL,
    digest TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    progress TEXT,
    result TEXT,
    error TEXT,
    cached_from TEXT,
    reproduces TEXT,
    created_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, cached_from) REFERENCES run (org_id, id),
    FOREIGN KEY (org_id, reproduces) REFERENCES run (org_id, id)
);
CREATE INDEX run_list ON run (org_id, project_id, created_at, id);
CREATE INDEX run_digest ON run (org_id, project_id, digest, created_at, id) WHERE state = 'succeeded';

CREATE TABLE version (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    parent_seq BIGINT,
    content TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    author_id TEXT NOT NULL REFERENCES account (id),
    message TEXT NOT NULL,
    label TEXT,
    run_id TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (asset_id, seq),
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX version_run ON version (org_id, run_id);

CREATE TABLE version_document (
    org_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, name),
    FOREIGN KEY (org_id, version_id) REFERENCES version (org_id, id)
);

CREATE TABLE run_input (
    org_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    role TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (run_id, role, version_id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id),
    FOREIGN KEY (org_id, version_id) REFERENCES version (org_id, id)
);
CREATE INDEX run_input_version ON run_input (version_id);
CREATE INDEX run_input_asset ON run_input (asset_id);

CREATE TABLE run_output (
    org_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    role TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (run_id, role, version_id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id),
    FOREIGN KEY (org_id, version_id) REFERENCES version (org_id, id)
);
CREATE INDEX run_output_version ON run_output (version_id);
CREATE INDEX run_output_asset ON run_output (asset_id);

CREATE TABLE asset_grant (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    action TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    UNIQUE (asset_id, user_id, action),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES membership (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX asset_grant_user ON asset_grant (org_id, user_id);

CREATE TABLE access_request (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied')),
    created_at BIGINT NOT NULL,
    decided_by TEXT REFERENCES account (id),
    decided_at BIGINT,
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES membership (org_id, user_id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX access_request_pending ON access_request (asset_id, user_id, action) WHERE state = 'pending';
CREATE INDEX access_request_list ON access_request (org_id, created_at, id);
CREATE INDEX access_request_user ON access_request (org_id, user_id);

CREATE TABLE asset_policy (
    asset_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES account (id),
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);

CREATE TABLE asset_setting (
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES account (id),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (asset_id, name),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);

-- A derived asset inherits the strictest rights of its sources until released.
CREATE TABLE asset_source (
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    released_by TEXT REFERENCES account (id),
    released_at BIGINT,
    PRIMARY KEY (asset_id, source_id),
    CHECK (asset_id <> source_id),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id),
    FOREIGN KEY (org_id, source_id) REFERENCES asset (org_id, id)
);
CREATE INDEX asset_source_source ON asset_source (org_id, source_id);

CREATE TABLE upload (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    path TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, id),
    FOREIGN KEY (user_id) REFERENCES account (id)
);
CREATE INDEX upload_list ON upload (org_id, project_id, created_at, id);
CREATE INDEX upload_expiry ON upload (expires_at);
