INSERT INTO users (id, email, password_hash) VALUES ('ann', 'ann@example.com', 'x');
INSERT INTO accounts (id, store, status, registered_on) VALUES ('a', 'US', 'active', '2019-09-30');
INSERT INTO accounts (id, store, status, registered_on) VALUES ('b', 'EU', NULL, '2019-09-30');
INSERT INTO memberships (user_id, account_id, role, organisation) VALUES ('ann', 'a', 'administrator', 'owner');
INSERT INTO links (account_id, group_id, linked_on, linked_at) VALUES ('a', 'g1', '2019-09-30', '2019-09-30 08:30:15.123456');
INSERT INTO links (account_id, group_id, linked_on, linked_at) VALUES ('b', 'g2', '2019-09-30', '2019-09-30 08:30:15.123456');
INSERT INTO merges (group_id, into_group_id, merged_at) VALUES ('g2', 'g1', '2019-09-30 08:30:15.123456');
INSERT INTO sessions (id, user_id, request_id, signed_in_at, generation, renewed_at, renewed_by, ended_at) VALUES ('s', 'ann', 'q', '2019-09-30 08:30:15.123456', 1, '2019-09-30 08:30:15.123456', 'q', NULL);
INSERT INTO proofs (session_id, user_id, expires_at) VALUES ('s', 'ann', '2019-09-30 08:30:15.123456');
INSERT INTO registrations (id, user_id, from_account_id, store, business_type, selling_plan, details, started_at, expires_at, account_id) VALUES ('r', 'ann', 'a', 'MX', NULL, NULL, '{}', '2019-09-30 08:30:15.123456', '2019-09-30 08:30:15.123456', NULL);
INSERT INTO kept_answers (scope, request_id, fingerprint, answer, kept_at) VALUES ('ann', 'q', 'f', '{}', '2019-09-30 08:30:15.123456');
INSERT INTO attempts (key, count, last_at) VALUES ('k', 1, '2019-09-30 08:30:15.123456');
INSERT INTO audit (position, at, action, outcome, caller, request_id, actor, session, subjects, decisions, policy_version, previous_hash, hash) VALUES (1, '2019-09-30 08:30:15.123456', 'link', 'done', 'shop', 'q1', 'ann', 's1', '["a","b"]', '[{"allowed":true,"rules":[{"id":"administrators-may-link","reason":"ALLOWED"}],"subject":"a"},{"allowed":false,"rules":[],"subject":"b"}]', 'v1', '0000000000000000000000000000000000000000000000000000000000000000', '417608522fbd948d00b84f307a433069cda8e022e9d438d1a928880a9220e262');
UPDATE audit_head SET position = 1, hash = '417608522fbd948d00b84f307a433069cda8e022e9d438d1a928880a9220e262'
