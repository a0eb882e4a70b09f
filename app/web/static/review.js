// The moderators' pages, made quicker.
