"""A class without people: raw clients that fill a server and measure it."""
