-- How a sandbox is reached, as a JSON object of strings.
ALTER TABLE sandbox ADD COLUMN network TEXT NOT NULL DEFAULT '{}';
