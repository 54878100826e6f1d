-- What rule groups remember between evaluations. body: see rule-table.ts.

CREATE TABLE rule_group (
  id TEXT PRIMARY KEY,
  evaluated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE instance (
  group_id TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (group_id, rule_id, digest)
) STRICT, WITHOUT ROWID;
