BEGIN TRANSACTION;
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE approvals (
	roadmap TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, digest)
)
 WITHOUT ROWID

;
INSERT INTO "approvals" VALUES('main','d1','{"actions":["a","b"],"digest":"d1"}');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
INSERT INTO "audit" VALUES(1,'2026-03-01T12:30:00.123456+00:00','t1','{"at":"2026-03-01T12:30:00.123456+00:00","changes":[["title","a",["b",1]]],"kind":"update_issue","ref":[7,"I_7"],"remote":"github","result":"done","roadmap":"main","run":"r1","title":"T","uid":"t1"}');
CREATE TABLE checks (
	name TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID

;
INSERT INTO "checks" VALUES('approvals','d5e739cae8acfc270f288ea570294ed8');
INSERT INTO "checks" VALUES('audit','74fa43b18b1df1d8ede2086a0fd0ad31');
INSERT INTO "checks" VALUES('contests','a69768c474d06c91a7b93d01ecfbbbac');
INSERT INTO "checks" VALUES('creations','986fc44784f311cc9fdba687fd36ac12');
INSERT INTO "checks" VALUES('decisions','861e23da559df4230a14f31fe180fe56');
INSERT INTO "checks" VALUES('intents','876e2af06a32201a1182848edf1546eb');
INSERT INTO "checks" VALUES('issues','45ef47cce8dfc9dc2ef46d650f8ebab3');
INSERT INTO "checks" VALUES('links','87479f93d757c0556dd1322809382260');
INSERT INTO "checks" VALUES('meta','5cfdb641713990eeaf858b2d391638c4');
INSERT INTO "checks" VALUES('milestones','68b94c57f152c2e525dba045f325c92d');
INSERT INTO "checks" VALUES('missing','3af1571cdaa137d1c9b3f8b4f1fb7210');
INSERT INTO "checks" VALUES('remote_milestones','ec8f6dff37245fca7e6f1a069f8bd689');
INSERT INTO "checks" VALUES('remotes','36d6bd453ee4932db2a10e2b155499fd');
INSERT INTO "checks" VALUES('reports','6f6e04404df8c431c0ede3f7cc7784ec');
INSERT INTO "checks" VALUES('roadmaps','206a501754354c8a5a676a9f0209c89f');
INSERT INTO "checks" VALUES('sqlite_schema','cfb659d44cd4ca36638911e9a8b10107');
INSERT INTO "checks" VALUES('tasks','2f6e052d608c9f79ddfe2ee4cd923bed');
INSERT INTO "checks" VALUES('tombstones','56fbc4a04a1aa049503e1e1af7c6a573');
CREATE TABLE contests (
	roadmap TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	field TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, uid, field)
)
 WITHOUT ROWID

;
INSERT INTO "contests" VALUES('main','t1','labels','{"field":"labels","title":"T","uid":"t1","values":{"github":["low"],"roadmap":[["priority","high"]]},"winner":null}');
CREATE TABLE creations (
	host TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (host, id)
)
 WITHOUT ROWID

;
INSERT INTO "creations" VALUES('api.github.com',1,'2026-03-01T12:30:00.123456+00:00');
CREATE TABLE decisions (
	roadmap TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	field TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, uid, field)
)
 WITHOUT ROWID

;
INSERT INTO "decisions" VALUES('main','t1','labels','{"field":"labels","uid":"t1","value":[["priority","high"]]}');
CREATE TABLE intents (
	roadmap TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, id)
)
 WITHOUT ROWID

;
INSERT INTO "intents" VALUES('main',1,'{"after":"","before":"x","id":1,"kind":"update_issue","milestones":[],"number_floor":6,"ref":[7,"I_7"],"remote":"github","settles":[{"field":"state","pair":{"ours":"done","theirs":"done"},"remote":"github","uid":"t1"}],"since":"2026-03-01T12:30:00.123456+00:00","tasks":[],"title":"T","uid":"t1","unknown":false}');
CREATE TABLE issues (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote, number)
)
 WITHOUT ROWID

;
INSERT INTO "issues" VALUES('main','github',7,'{"assignees":["ann"],"author":"","block":true,"body":"body\r\n","checklist":[["x",true]],"due":"2026-01-02","labels":["bug"],"marker":{"lineage":"L","roadmap":"main","uid":"t1"},"milestone":3,"notes":"","ref":[7,"I_7"],"section":["a"],"state":"in_progress","title":"Ship <!-- it","updated_at":"","url":""}');
CREATE TABLE links (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote, uid)
)
 WITHOUT ROWID

;
INSERT INTO "links" VALUES('main','github','m1','{"base":{},"closed_by_us":false,"kind":"milestone","managed":[],"ref":[3,"M_3"],"remote":"github","uid":"m1"}');
INSERT INTO "links" VALUES('main','github','t1','{"base":{"checklist":{"ours":[["x",true],["y",false]],"theirs":[]},"due":{"ours":null,"theirs":"2026-01-01"},"milestone":{"ours":"m1","theirs":3},"title":{"ours":"a","theirs":"b"}},"closed_by_us":true,"kind":"task","managed":["doing","p: high"],"ref":[7,"I_7"],"remote":"github","uid":"t1"}');
CREATE TABLE meta (
	name TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID

;
INSERT INTO "meta" VALUES('created','2026-03-01T12:30:00.123456+00:00');
INSERT INTO "meta" VALUES('intents','1');
INSERT INTO "meta" VALUES('lineage','6f1c-lineage');
INSERT INTO "meta" VALUES('serial','2');
CREATE TABLE milestones (
	roadmap TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, uid)
)
 WITHOUT ROWID

;
INSERT INTO "milestones" VALUES('main','m1','{"path":["Plan"],"position":0,"removed":false,"title":"Week 1","uid":"m1"}');
CREATE TABLE missing (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote, kind, number)
)
 WITHOUT ROWID

;
INSERT INTO "missing" VALUES('main','github','task',12,'2026-03-01T12:29:00.123456+00:00');
CREATE TABLE remote_milestones (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote, number)
)
 WITHOUT ROWID

;
INSERT INTO "remote_milestones" VALUES('main','github',3,'{"due":"2026-02-01","open_issues":4,"ref":[3,"M_3"],"state":"open","title":"Week 1","writable":true}');
CREATE TABLE remotes (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote)
)
 WITHOUT ROWID

;
INSERT INTO "remotes" VALUES('main','github','{"account":"bot","cursor":"2026-03-01T12:00:00Z","name":"github","project_id":"R_1","project_name":"acme/widgets","swept_at":"2026-03-01T12:30:00.123456+00:00","synced":true}');
CREATE TABLE reports (
	roadmap TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, id)
)
 WITHOUT ROWID

;
INSERT INTO "reports" VALUES('main',1,'{"exit_code": 0}');
CREATE TABLE roadmaps (
	roadmap TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap)
)
 WITHOUT ROWID

;
INSERT INTO "roadmaps" VALUES('main','{"branch":"main","reading":{"headings":["Week 1","Week 2"],"level":2},"scope":"scope"}');
CREATE TABLE tasks (
	roadmap TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, uid)
)
 WITHOUT ROWID

;
INSERT INTO "tasks" VALUES('main','t1','{"identifier":"4.1","milestone":"m1","occurrence":1,"position":7,"removed":false,"section":["1.1 Setup"],"title":"Gr\u00f6\u00dfe \udcff\u2028 \u2705","uid":"t1"}');
CREATE TABLE tombstones (
	roadmap TEXT NOT NULL, 
	remote TEXT NOT NULL, 
	uid TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (roadmap, remote, uid, ref)
)
 WITHOUT ROWID

;
INSERT INTO "tombstones" VALUES('main','github','t9','I_9','{"closed_by_us":true,"kind":"task","reason":"removed","ref":[9,"I_9"],"remote":"github","title":"gone","uid":"t9"}');
COMMIT;
