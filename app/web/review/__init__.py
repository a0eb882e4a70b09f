"""The moderators' pages, under /review: server-rendered, whole without JavaScript, quicker with one module of ours."""
