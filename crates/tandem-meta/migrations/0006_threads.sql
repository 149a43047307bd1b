-- What people say about assets, versions, elements of them and runs; and the
-- components that they keep at hand.

CREATE TABLE thread (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    asset_id TEXT,
    seq BIGINT,
    run_id TEXT,
    element_kind TEXT,
    element TEXT,
    feedback BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'resolved')),
    created_by TEXT NOT NULL REFERENCES account (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    resolved_by TEXT REFERENCES account (id),
    resolved_at BIGINT,
    UNIQUE (org_id, id),
    CHECK (asset_id IS NOT NULL OR run_id IS NOT NULL),
    FOREIGN KEY (org_id, project_id) REFERENCES project (org_id, id),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id),
    FOREIGN KEY (org_id, run_id) REFERENCES run (org_id, id)
);
CREATE INDEX thread_asset ON thread (org_id, asset_id, updated_at, id);
CREATE INDEX thread_run ON thread (org_id, run_id, updated_at, id);
CREATE INDEX thread_project ON thread (org_id, project_id, updated_at, id);

CREATE TABLE thread_comment (
    id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    author_id TEXT NOT NULL REFERENCES account (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    deleted_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, thread_id) REFERENCES thread (org_id, id) ON DELETE CASCADE
);
CREATE INDEX thread_comment_list ON thread_comment (org_id, thread_id, created_at, id);
CREATE INDEX thread_comment_author ON thread_comment (org_id, author_id);

CREATE TABLE thread_mention (
    org_id TEXT NOT NULL,
    comment_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (comment_id, user_id),
    FOREIGN KEY (org_id, comment_id) REFERENCES thread_comment (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES membership (org_id, user_id) ON DELETE CASCADE
);
CREATE INDEX thread_mention_user ON thread_mention (org_id, user_id);

CREATE TABLE component_star (
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id, name),
    FOREIGN KEY (org_id, user_id) REFERENCES membership (org_id, user_id) ON DELETE CASCADE
);
