-- What people work on between the versions of a workflow: its document, and
-- the edits that led to it, by which others follow.

CREATE TABLE draft (
    asset_id TEXT NOT NULL PRIMARY KEY,
    org_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    saved_revision BIGINT NOT NULL,
    body TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES account (id),
    updated_at BIGINT NOT NULL,
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);

CREATE TABLE draft_edit (
    org_id TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    client TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES account (id),
    edits TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (asset_id, revision),
    FOREIGN KEY (org_id, asset_id) REFERENCES asset (org_id, id)
);
CREATE INDEX draft_edit_age ON draft_edit (created_at);
