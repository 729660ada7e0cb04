-- How a sandbox is reached, as a JSON object of strings, and whether a request for it lets it run again when it is paused.
ALTER TABLE sandbox ADD COLUMN network TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sandbox ADD COLUMN auto_resume INTEGER NOT NULL DEFAULT 0;
