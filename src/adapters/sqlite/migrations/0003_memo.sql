-- What an integration keeps from message to message: the message it edits, the mail it answers. Its own notation.
ALTER TABLE entry ADD COLUMN memo TEXT;
