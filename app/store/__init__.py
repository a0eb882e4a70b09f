"""The only SQL: sites, their rules, and every comment with the answer it got."""
