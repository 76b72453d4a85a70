"""What the chapter asserts."""
CLAIMS = ()
