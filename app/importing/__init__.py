"""Other people's exports -> comments: what a blog, a comment service or a page holds, read record by record."""
