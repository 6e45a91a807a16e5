-- An acknowledged incident of 较大 or above stays before all lesser ones: `urgency` has a band of
-- its own for it (0 to 2^51), and what nobody has acknowledged goes below zero.
UPDATE incident SET urgency = urgency - (1 << 51)
    WHERE urgency < (1 << 52) AND flags & 1 AND urgency & 7 <= 2;
