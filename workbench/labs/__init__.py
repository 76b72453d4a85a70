"""Small machines that a reader works by hand: their state and mathematics, without a screen."""
