BEGIN TRANSACTION;
CREATE TABLE bot_answers (
	answer_id VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	chat VARCHAR(32) NOT NULL, 
	thread BIGINT NOT NULL, 
	message_id BIGINT NOT NULL, 
	message_ids TEXT NOT NULL, 
	lang VARCHAR(2) NOT NULL, 
	question TEXT NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	content TEXT NOT NULL, 
	is_source BOOLEAN NOT NULL, 
	vote SMALLINT NOT NULL, 
	kept_at DOUBLE NOT NULL, 
	PRIMARY KEY (answer_id)
);
INSERT INTO "bot_answers" VALUES('answer0001','3849b0652587e887e7d5550f103e67c3','ef614fc45243b2373aa048529fc0684b',0,101,'[102]','ar','ما طول الجسر؟','answered','{"citations":[{"number":1,"source":"bridge.txt","title":"افتتاح الجسر","outlet":"النور","date":"2025-11-02","quote":"يبلغ طول الجسر 340 مترا.","start":4,"end":28}],"num_copies":[2],"more":[{"source":"sub/match.txt","title":"فريق الميناء"}],"nearest":[{"source":"harvest.txt","title":"موسم الزيتون"}]}',1,1,1767225600.0);
CREATE TABLE bot_facts (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "bot_facts" VALUES('secret','5644e1c9bd035e86cc096232f1475df37ccc0400240ab7ddb47e9a3cc9121e58');
CREATE TABLE bot_inbox (
	update_id BIGINT NOT NULL, 
	chat_id BIGINT NOT NULL, 
	thread_id BIGINT, 
	user_id BIGINT NOT NULL, 
	message_id BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	received_at DOUBLE NOT NULL, 
	language_code TEXT, 
	is_edit BOOLEAN NOT NULL, 
	attempts INTEGER NOT NULL, 
	PRIMARY KEY (update_id)
);
INSERT INTO "bot_inbox" VALUES(2,5102938471,NULL,5102938471,102,'ما طول الجسر؟',1767225600.0,NULL,0,1);
CREATE TABLE bot_people (
	person VARCHAR(32) NOT NULL, 
	lang VARCHAR(2), 
	PRIMARY KEY (person)
);
INSERT INTO "bot_people" VALUES('3849b0652587e887e7d5550f103e67c3','en');
CREATE TABLE bot_spent (
	kind VARCHAR(10) NOT NULL, 
	subject VARCHAR(32) NOT NULL, 
	day VARCHAR(10) NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (kind, subject, day)
);
INSERT INTO "bot_spent" VALUES('user','3849b0652587e887e7d5550f103e67c3','2026-01-01',1);
CREATE TABLE bot_tally (
	day VARCHAR(10) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (day, status)
);
INSERT INTO "bot_tally" VALUES('2026-01-01','answered',1);
CREATE TABLE bot_turns (
	turn_id INTEGER NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	chat VARCHAR(32) NOT NULL, 
	thread BIGINT NOT NULL, 
	message_id BIGINT NOT NULL, 
	text TEXT NOT NULL, 
	asked_at DOUBLE NOT NULL, 
	PRIMARY KEY (turn_id)
);
INSERT INTO "bot_turns" VALUES(1,'3849b0652587e887e7d5550f103e67c3','ef614fc45243b2373aa048529fc0684b',0,101,'ما طول الجسر؟',1767225600.0);
CREATE TABLE bot_unreachable (
	chat VARCHAR(32) NOT NULL, 
	since DOUBLE NOT NULL, 
	PRIMARY KEY (chat)
);
INSERT INTO "bot_unreachable" VALUES('49f62f721a3393ba2e2c6e3c7256a20a',1767225600.0);
CREATE TABLE bot_updates (
	update_id BIGINT NOT NULL, 
	taken_at DOUBLE NOT NULL, 
	PRIMARY KEY (update_id)
);
INSERT INTO "bot_updates" VALUES(1,1767225600.0);
INSERT INTO "bot_updates" VALUES(2,1767225600.0);
CREATE TABLE bot_version (
	number INTEGER NOT NULL
);
INSERT INTO "bot_version" VALUES(1);
CREATE INDEX bot_turns_by_place ON bot_turns (person, chat, thread);
CREATE INDEX bot_answers_by_place ON bot_answers (person, chat, thread, message_id);
COMMIT;
