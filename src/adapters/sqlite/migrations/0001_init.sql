-- The first schema. Instants and durations are integer milliseconds; lists of names, values and digests are
-- JSON arrays, because a JSON object would reorder or lose a key such as "1" or "__proto__".

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('alert', 0);

-- body: [[name, value, ...] of the labels, the same of the annotations, starts_at, its text, timeout, generatorURL]
CREATE TABLE alert (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

-- Apart from its alert because each re-send moves it: a page holds a hundred of these and only five bodies.
CREATE TABLE alert_end (
  id INTEGER PRIMARY KEY,
  ends_at INTEGER NOT NULL,
  ends_text TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- matchers: [[name, operator, value], ...]; annotations: [name, value, ...]
CREATE TABLE silence (
  id TEXT PRIMARY KEY,
  matchers TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  annotations TEXT NOT NULL
) STRICT;

CREATE TABLE alert_group (
  key TEXT PRIMARY KEY,
  route_id TEXT NOT NULL,
  receiver TEXT NOT NULL,
  group_by TEXT NOT NULL,
  labels TEXT NOT NULL,
  next_flush_at INTEGER NOT NULL,
  flushes INTEGER NOT NULL
) STRICT;

CREATE TABLE release (
  group_key TEXT NOT NULL,
  alert_id INTEGER NOT NULL,
  PRIMARY KEY (group_key, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_alert ON release (alert_id);

-- The notification log, and who holds the right to send: owner is '' when nobody does.
-- told: [at, expires_at, [firing digests], [resolved digests]]
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  integration TEXT NOT NULL,
  generation INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  owner TEXT NOT NULL,
  lease_until INTEGER NOT NULL,
  told TEXT,
  UNIQUE (group_key, receiver, integration)
) STRICT;

-- Outbox and history: it outlives its entry, hence the names. outward_key: what people call the group. telling: as
-- entry.told. settled_at is null while sending or waiting. id orders what was created in the same millisecond.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  integration TEXT NOT NULL,
  generation INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  outward_key TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  message TEXT NOT NULL,
  telling TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sending', 'waiting', 'sent', 'parked', 'superseded', 'dropped')),
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER,
  answer TEXT NOT NULL,
  answer_reason TEXT NOT NULL,
  settled_at INTEGER,
  CHECK ((settled_at IS NULL) = (state IN ('sending', 'waiting')))
) STRICT;
CREATE INDEX delivery_created ON delivery (created_at);
CREATE INDEX delivery_group ON delivery (group_key);
CREATE INDEX delivery_outward ON delivery (outward_key, created_at);
CREATE INDEX delivery_receiver ON delivery (receiver, created_at);
CREATE INDEX delivery_state ON delivery (state, created_at);
CREATE INDEX delivery_unsettled ON delivery (group_key, receiver, integration) WHERE settled_at IS NULL;
CREATE INDEX delivery_settled ON delivery (settled_at) WHERE settled_at IS NOT NULL;

CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX event_at ON event (at);
