"""The words of design §1 as immutable values. No I/O, no clock, no library."""
