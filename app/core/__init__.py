"""The pure part: same arguments, same answer. Start reading in classify.py."""
